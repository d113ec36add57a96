package dev.remora.sidecar.oauth;

import dev.remora.sidecar.config.SmallFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A key or token in a file of its own, as `file:PATH` names it. White space around it is left out.
public final class SecretFile {
    private static final String PREFIX = "file:";
    private static final int MAX_BYTES = 64 << 10;

    private SecretFile() {}

    /// Whether a value is the name of a file that has it.
    public static boolean isNamedBy(String value) {
        return value.startsWith(PREFIX);
    }

    /// The path behind `file:`, as it was written.
    public static String path(String value) {
        return value.substring(PREFIX.length());
    }

    /// What the file has.
    ///
    /// @param path as the user wrote it
    /// @throws IOException with a sentence's end that says why it cannot be read
    public static String read(String path) throws IOException {
        try {
            return SmallFile.text(SmallFile.bytes(Path.of(path), MAX_BYTES)).strip();
        } catch (NoSuchFileException e) {
            throw new IOException("no such file or directory", e);
        } catch (AccessDeniedException e) {
            throw new IOException("permission denied", e);
        } catch (InvalidPathException e) {
            throw new IOException("this is no path", e);
        }
    }
}
