package dev.remora.sidecar.life;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives memory back while the process is at rest, and only then: nothing is done while there is work to do.
///
/// At rest is who took little time of a processor since the last look and had no page read from disk (proc(5), `stat`): who waits for the disk takes no
/// time of a processor either. After work things are given back at the first look that finds rest, then now and then, since some of it is needed at rest as well. A node
/// looks often, as its start is over in a moment.
public final class AtRest implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AtRest.class);
    private static final Duration NODE_LOOKS_EVERY = Duration.ofMillis(500);
    private static final Duration SAVE_EVERY = Duration.ofSeconds(5);

    /// In clock ticks, of which Linux tells a hundred a second.
    private static final long LITTLE = 15;

    private static final Path STAT = Path.of("/proc/self/stat");

    private final Duration lookEvery;
    private final List<Saving> savings;
    private final Thread thread = Thread.ofVirtual().name("at-rest").unstarted(this::run);
    private Work before = new Work(0, 0);
    private boolean worked = true;
    private Duration sinceSaved = Duration.ZERO;

    /// What can be given back. It is called again and again.
    interface Saving {
        void save() throws IOException;
    }

    AtRest(Duration lookEvery, Saving... savings) {
        this.lookEvery = lookEvery;
        this.savings = List.of(savings);
    }

    /// For a node's daemon, whose heap is small anyway. Looks from now on, until it is closed or the process ends; does
    /// nothing where the system does not tell how much work there was.
    static AtRest daemon() {
        return started(new AtRest(NODE_LOOKS_EVERY, new ColdPages()));
    }

    /// The same for a server, whose heap grows with the number of those who come at once.
    public static AtRest server() {
        return started(new AtRest(SAVE_EVERY, new ColdPages(), new SpareHeap()));
    }

    private static AtRest started(AtRest rest) {
        if (Files.isReadable(STAT)) {
            rest.thread.start();
        }
        return rest;
    }

    private void run() {
        try {
            while (true) {
                look(Work.of(Files.readString(STAT)));
                Thread.sleep(lookEvery);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the program ends
        } catch (IOException e) {
            LOG.debug("memory stays as it is: {}", e.getMessage());
        }
    }

    /// @param now is told every time that `lookEvery` has passed
    void look(Work now) throws IOException {
        sinceSaved = sinceSaved.plus(lookEvery);
        if (now.ticks() - before.ticks() >= LITTLE) {
            worked = true;
        } else if (now.reads() == before.reads()
                && (worked || sinceSaved.compareTo(SAVE_EVERY) >= 0)) {
            for (Saving saving : savings) {
                saving.save();
            }
            worked = false;
            sinceSaved = Duration.ZERO;
        }
        before = now;
    }

    /// What a process has done so far.
    ///
    /// @param ticks of processor time, for itself and in the system
    /// @param reads pages that had to be read from disk when they were needed
    record Work(long ticks, long reads) {
        /// @param stat its fields; the second is a name in parentheses, in which everything may be
        static Work of(String stat) {
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 14);
            return new Work(
                    Long.parseLong(fields[11]) + Long.parseLong(fields[12]),
                    Long.parseLong(fields[9]));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
