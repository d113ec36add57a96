package dev.remora.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that people edit while the server runs. Looked at every second: that also sees what editors, mounts and links do
/// to it, which notifications miss.
final class WatchedFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);
    private static final int EVERY_S = 1;

    private final Path file;
    private final Reader reader;
    private final ScheduledFuture<?> watch;
    private String last;
    private String trouble = "";

    /// Takes a file's text in.
    interface Reader {
        /// @throws IOException with a sentence that says what is wrong with it: what held before holds on
        void read(String text) throws IOException;
    }

    private WatchedFile(Path file, String last, Reader reader, ScheduledExecutorService timers) {
        this.file = file;
        this.last = last;
        this.reader = reader;
        this.watch = timers.scheduleWithFixedDelay(this::look, EVERY_S, EVERY_S, TimeUnit.SECONDS);
    }

    /// Reads it now, and again whenever it is another.
    ///
    /// @throws IOException if it cannot be read or is wrong now
    static WatchedFile start(Path file, ScheduledExecutorService timers, Reader reader)
            throws IOException {
        String text = Files.readString(file);
        reader.read(text);
        return new WatchedFile(file, text, reader, timers);
    }

    private void look() {
        try {
            String text = Files.readString(file);
            if (text.equals(last)) {
                return;
            }
            last = text;
            trouble = "";
            reader.read(text);
            LOG.info("{} has changed and is in force", file);
        } catch (IOException e) {
            sayOnce(e);
        }
    }

    private void sayOnce(IOException e) {
        String now = String.valueOf(e.getMessage());
        if (!now.equals(trouble)) {
            trouble = now;
            LOG.warn("{} is not taken, what held before holds on: {}", file, now);
        }
    }

    @Override
    public void close() {
        watch.cancel(false);
    }
}
