package dev.remora.sidecar.boot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A text that people keep in a file and may write at any moment, or not at all. What is no ordinary file is not opened: a pipe would keep us waiting for whoever writes into it.
final class SmallFile {
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private SmallFile() {}

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

    /// The text, without the mark that some editors put before it.
    static String text(Path file, int maxBytes) throws UnreadableException {
        if (Files.isDirectory(file)) {
            throw new UnreadableException(
                    "is a directory; was the file there when it was mounted?");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new UnreadableException("is no ordinary file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new UnreadableException("is too large for a configuration");
            }
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            throw new UnreadableException("is not there");
        } catch (AccessDeniedException e) {
            throw new UnreadableException("cannot be read by this user");
        } catch (CharacterCodingException e) {
            throw new UnreadableException("is not UTF-8");
        } catch (IOException e) {
            throw new UnreadableException("cannot be read (" + e.getMessage() + ")");
        }
    }
}
