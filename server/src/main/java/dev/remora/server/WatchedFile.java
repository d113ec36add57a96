package dev.remora.server;

import dev.remora.server.store.FileTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file, or several that belong together, that people edit while the server runs. Looked at every second: that also sees what editors, mounts and links do
/// to it, which notifications miss.
final class WatchedFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFile.class);
    private static final int EVERY_S = 1;

    private final List<Path> files;
    private final Reader reader;
    private final ScheduledFuture<?> watch;
    private String last;
    private String trouble = "";

    /// Takes a file's text in.
    interface Reader {
        /// @throws IOException with a sentence that says what is wrong with it: what held before holds on
        void read(String text) throws IOException;
    }

    private WatchedFile(
            List<Path> files, String last, Reader reader, ScheduledExecutorService timers) {
        this.files = files;
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
        return new WatchedFile(List.of(file), text, reader, timers);
    }

    /// The same with files that were read already, whose texts the reader is given one behind the other.
    static WatchedFile again(List<Path> files, ScheduledExecutorService timers, Reader reader)
            throws IOException {
        return new WatchedFile(files, text(files), reader, timers);
    }

    private static String text(List<Path> files) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files) {
            text.append(Files.readString(file));
        }
        return text.toString();
    }

    private void look() {
        try {
            String text = text(files);
            if (text.equals(last)) {
                return;
            }
            last = text;
            trouble = "";
            reader.read(text);
            LOG.info("{} has changed and is in force", names());
        } catch (IOException e) {
            sayOnce(e);
        }
    }

    private void sayOnce(IOException e) {
        String now = FileTrouble.sentence(e);
        if (!now.equals(trouble)) {
            trouble = now;
            LOG.warn("{} is not taken, what held before holds on: {}", names(), now);
        }
    }

    private String names() {
        return files.stream().map(Path::toString).collect(Collectors.joining(" with "));
    }

    @Override
    public void close() {
        watch.cancel(false);
    }
}
