package dev.remora.io.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// Keeps a second daemon off a state directory: the kernel holds it for as long as this process lives.
final class DirectoryLock implements AutoCloseable {
    private static final String NAME = "remora.lock";

    private final @Nullable FileChannel channel;
    private final boolean writable;

    private DirectoryLock(@Nullable FileChannel channel, boolean writable) {
        this.channel = channel;
        this.writable = writable;
    }

    /// Locks a directory, which is created (mode 0700) when it is missing.
    ///
    /// @throws StateInUseException if another daemon holds it
    static DirectoryLock take(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        FileChannel channel =
                FileChannel.open(
                        directory.resolve(NAME),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        return locked(directory, channel, false);
    }

    /// Locks a directory that cannot be written, as far as that goes: those that write keep off, and are kept off.
    static DirectoryLock takeForReading(Path directory) throws StateInUseException {
        try {
            FileChannel channel =
                    FileChannel.open(directory.resolve(NAME), StandardOpenOption.READ);
            return locked(directory, channel, true);
        } catch (StateInUseException e) {
            throw e;
        } catch (IOException e) {
            return new DirectoryLock(null, false); // nobody has ever written here
        }
    }

    private static DirectoryLock locked(Path directory, FileChannel channel, boolean shared)
            throws IOException {
        FileLock lock = tryLock(channel, shared);
        if (lock == null) {
            channel.close();
            throw new StateInUseException(
                    "another daemon already uses the state directory "
                            + directory
                            + "; stop it or give this one a directory of its own with --statedir");
        }
        return new DirectoryLock(channel, !shared);
    }

    private static @Nullable FileLock tryLock(FileChannel channel, boolean shared)
            throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, shared);
        } catch (OverlappingFileLockException e) {
            return null; // this very process holds it
        }
    }

    boolean isForWriting() {
        return writable;
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // the lock is gone either way
        }
    }
}
