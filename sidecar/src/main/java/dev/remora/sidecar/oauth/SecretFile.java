package dev.remora.sidecar.oauth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A key or token in a file of its own, as `file:PATH` names it. White space around it is left out, and so is the mark that some editors put before a text. What is no ordinary file is not opened: a
/// pipe would keep us waiting for whoever writes into it.
public final class SecretFile {
    private static final String PREFIX = "file:";
    private static final int MAX_BYTES = 64 << 10;
    private static final String BYTE_ORDER_MARK = "\ufeff";

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
            Path file = Path.of(path);
            if (Files.isDirectory(file)) {
                throw new IOException("it is a directory");
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new IOException("it is not an ordinary file");
            }
            return text(file);
        } catch (NoSuchFileException e) {
            throw new IOException("no such file or directory", e);
        } catch (AccessDeniedException e) {
            throw new IOException("permission denied", e);
        } catch (InvalidPathException e) {
            throw new IOException("this is no path", e);
        }
    }

    private static String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("it is too large for a key");
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).strip();
        }
    }
}
