package dev.remora.server.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Sees to it that one server alone has a database: each holds the whole state in memory, so a second one would undo what
/// the first has done. The lock ends with the process, however that ends. Commands that open the database themselves, as
/// no server runs, do so for a moment only: whoever comes meanwhile waits for them.
final class OnlyOne implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration AGAIN = Duration.ofMillis(50);

    private final FileChannel channel;

    private OnlyOne(FileChannel channel) {
        this.channel = channel;
    }

    static OnlyOne of(Path database) throws IOException {
        Path path = database.resolveSibling(database.getFileName() + ".lock");
        FileChannel channel;
        try {
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("cannot write beside " + database + ": " + reason(e), e);
        }
        OnlyOne lock = new OnlyOne(channel);
        if (!lock.isOursInTime()) {
            lock.close();
            throw new IOException("another server has " + database + " open");
        }
        return lock;
    }

    private boolean isOursInTime() throws IOException {
        long start = System.nanoTime();
        while (tryLock(channel) == null) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                return false;
            }
            try {
                Thread.sleep(AGAIN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another storage in this very process
        }
    }

    /// A file's exceptions have a reason only sometimes; else their kind says what is wrong.
    private static String reason(IOException e) {
        return e instanceof FileSystemException named && named.getReason() != null
                ? named.getReason()
                : e.getClass().getSimpleName();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
