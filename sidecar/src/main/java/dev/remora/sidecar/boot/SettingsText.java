package dev.remora.sidecar.boot;

import dev.remora.sidecar.config.SmallFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// The text of a file that people write settings into.
final class SettingsText {
    private SettingsText() {}

    /// There is no text to be had.
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreadableException(String why) {
            super(why, null, false, false);
        }

        /// The end of a sentence that begins with the file's name.
        String why() {
            return String.valueOf(getMessage());
        }
    }

    static String of(Path file, int maxBytes) throws UnreadableException {
        if (Files.isDirectory(file)) {
            throw new UnreadableException(
                    "is a directory; was the file there when it was mounted?");
        }
        try {
            byte[] bytes = SmallFile.bytes(file, maxBytes);
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return SmallFile.text(bytes);
        } catch (NoSuchFileException e) {
            throw new UnreadableException("is not there");
        } catch (AccessDeniedException e) {
            throw new UnreadableException("cannot be read by this user");
        } catch (CharacterCodingException e) {
            throw new UnreadableException("is not UTF-8");
        } catch (IOException e) {
            throw new UnreadableException("cannot be read: " + e.getMessage());
        }
    }
}
