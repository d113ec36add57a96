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
/// At rest is who took less than 2 % of one processor since the last look and had no page read from disk (proc(5), `stat`): who waits for the disk takes no
/// time of a processor either.
public final class AtRest implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AtRest.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    /// In clock ticks, of which Linux tells a hundred a second.
    private static final long LITTLE = 10;

    private static final Path STAT = Path.of("/proc/self/stat");

    private final List<Saving> savings;
    private final Thread thread = Thread.ofVirtual().name("at-rest").unstarted(this::run);

    /// What can be given back. It is called again and again.
    interface Saving {
        void save() throws IOException;
    }

    private AtRest(Saving... savings) {
        this.savings = List.of(savings);
    }

    /// For a node's daemon, whose heap is small anyway. Looks from now on, until it is closed or the process ends; does
    /// nothing where the system does not tell how much work there was.
    static AtRest daemon() {
        return started(new AtRest(new ColdPages()));
    }

    /// The same for a server, whose heap grows with the number of those who come at once.
    public static AtRest server() {
        return started(new AtRest(new ColdPages(), new SpareHeap()));
    }

    private static AtRest started(AtRest rest) {
        if (Files.isReadable(STAT)) {
            rest.thread.start();
        }
        return rest;
    }

    private void run() {
        try {
            Work before = Work.of(Files.readString(STAT));
            while (true) {
                Thread.sleep(LOOK_EVERY);
                Work now = Work.of(Files.readString(STAT));
                if (now.ticks() - before.ticks() < LITTLE && now.reads() == before.reads()) {
                    for (Saving saving : savings) {
                        saving.save();
                    }
                }
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the program ends
        } catch (IOException e) {
            LOG.debug("memory stays as it is: {}", e.getMessage());
        }
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
