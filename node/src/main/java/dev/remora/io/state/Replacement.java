package dev.remora.io.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Puts a whole new file in the place of an old one: whoever reads finds the one or the other.
final class Replacement {
    private Replacement() {}

    /// @param forced on return the new file outlives a power cut, too
    static void of(Path file, byte[] bytes, boolean forced) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try {
            write(temporary, bytes, forced);
        } catch (IOException e) {
            deleteQuietly(temporary); // half of it would only take the room that is missing
            throw e;
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        if (forced) {
            forceDirectory(file);
        }
    }

    private static void write(Path path, byte[] bytes, boolean forced) throws IOException {
        Files.deleteIfExists(path);
        Files.createFile(
                path,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            if (forced) {
                channel.force(true);
            }
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            return; // the next attempt replaces it, at the latest
        }
    }

    /// Without this a rename can be lost by a power cut although the file's bytes are on disk.
    private static void forceDirectory(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
