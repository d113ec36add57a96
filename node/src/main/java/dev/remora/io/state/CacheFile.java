package dev.remora.io.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// A file beside the state whose loss costs time and nothing else: it is replaced as a whole, but not forced to disk. For one thread at a time.
public final class CacheFile {
    /// A netmap of 10,000 peers takes a tenth of this.
    private static final long MAX_BYTES = 64 << 20;

    private final Path file;

    CacheFile(Path file) {
        this.file = file;
    }

    /// What was written last; empty if there is nothing, or nothing that can be read.
    public Optional<byte[]> read() {
        try {
            return Files.size(file) > MAX_BYTES
                    ? Optional.empty()
                    : Optional.of(Files.readAllBytes(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /// Nobody but the owner may read what is written.
    public void write(byte[] bytes) throws IOException {
        Replacement.of(file, bytes, false);
    }

    public void delete() throws IOException {
        try {
            Files.delete(file);
        } catch (NoSuchFileException e) {
            // that is what was wanted
        }
    }
}
