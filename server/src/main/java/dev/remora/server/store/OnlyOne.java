package dev.remora.server.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Sees to it that one server alone has a database: each holds the whole state in memory, so a second one would undo what
/// the first has done. The lock ends with the process, however that ends.
final class OnlyOne implements AutoCloseable {
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
        if (tryLock(channel) == null) {
            channel.close();
            throw new IOException("another server has " + database + " open");
        }
        return new OnlyOne(channel);
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
