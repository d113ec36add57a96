package dev.remora.io.state;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps a second daemon off a state directory: the kernel holds it for as long as this process lives.
final class DirectoryLock implements AutoCloseable {
    private static final String NAME = "remora.lock";

    private final List<FileChannel> channels;
    private final boolean writable;

    private DirectoryLock(List<FileChannel> channels, boolean writable) {
        this.channels = channels;
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
        return new DirectoryLock(
                List.of(
                        locked(
                                directory,
                                FileChannel.open(directory.resolve(NAME), CREATE, WRITE),
                                false)),
                true);
    }

    /// Locks a directory that cannot be written, as far as that goes. Sharing its lock keeps those off that write; a file among the temporary ones
    /// keeps those off that do not either, since what cannot be written cannot be locked for one alone.
    static DirectoryLock takeForReading(Path directory) throws StateInUseException {
        List<FileChannel> held = new ArrayList<>();
        try {
            if (Files.isReadable(directory.resolve(NAME))) {
                held.add(locked(directory, FileChannel.open(directory.resolve(NAME), READ), true));
            }
            String name = "remora-" + HexFormat.of().toHexDigits(directory.toRealPath().hashCode());
            Path substitute = Path.of(System.getProperty("java.io.tmpdir"), name + ".lock");
            held.add(
                    locked(
                            directory,
                            FileChannel.open(substitute, CREATE, WRITE, LinkOption.NOFOLLOW_LINKS),
                            false));
        } catch (StateInUseException e) {
            new DirectoryLock(held, false).close();
            throw e;
        } catch (IOException e) {
            return new DirectoryLock(held, false); // nothing here can be written at all
        }
        return new DirectoryLock(held, false);
    }

    private static FileChannel locked(Path directory, FileChannel channel, boolean shared)
            throws IOException {
        FileLock lock = tryLock(channel, shared);
        if (lock == null) {
            channel.close();
            throw new StateInUseException(
                    "another daemon already uses the state directory "
                            + directory
                            + "; stop it or give this one a directory of its own");
        }
        return channel;
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
        for (FileChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                continue; // the lock is gone either way
            }
        }
    }
}
