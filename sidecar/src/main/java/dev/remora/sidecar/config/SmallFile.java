package dev.remora.sidecar.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file that people keep by hand and may write at any moment, or not at all. What is no ordinary file is not opened: a pipe would keep us waiting for whoever writes into it.
public final class SmallFile {
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private SmallFile() {}

    /// What the file has.
    ///
    /// @param most how many bytes make sense
    /// @throws IOException as [Files] throw it, or with the end of a sentence that says why it is of no use
    public static byte[] bytes(Path file, int most) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("it is a directory");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("it is no ordinary file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new IOException("it is too large");
            }
            return bytes;
        }
    }

    /// The text that UTF-8 bytes are, without the mark that some editors put before it. What is no UTF-8 becomes U+FFFD.
    public static String text(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }
}
