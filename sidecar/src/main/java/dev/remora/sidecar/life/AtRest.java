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
/// time of a processor either. It looks now and then, since some of what is given back is needed at rest as well; while a node is young it looks
/// often, and gives back as soon as its start is over, which leaves most behind, and as its compilers go on.
public final class AtRest implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AtRest.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Duration LOOK_OFTEN = Duration.ofMillis(500);
    private static final Duration YOUNG = Duration.ofMinutes(1);
    private static final Duration AGAIN_WHILE_YOUNG = Duration.ofSeconds(2);

    /// In clock ticks, of which Linux tells a hundred a second: 2 % of a processor, and while young 30 %, as compilers are at work then.
    private static final long LITTLE = 10;

    private static final long LITTLE_WHILE_YOUNG = 15;

    private static final Path STAT = Path.of("/proc/self/stat");

    private final List<Saving> savings;
    private final Thread thread = Thread.ofVirtual().name("at-rest").unstarted(this::run);
    private Duration young;
    private Work before = new Work(0, 0);
    private boolean worked = true;
    private Work span = before;
    private Duration sinceSpan = Duration.ZERO;
    private Duration sinceSaved = Duration.ZERO;

    /// What can be given back. It is called again and again.
    interface Saving {
        void save() throws IOException;
    }

    /// @param young for how long from now on it is young
    AtRest(Duration young, Saving... savings) {
        this.young = young;
        this.savings = List.of(savings);
    }

    /// For a node's daemon, whose heap is small anyway. Looks from now on, until it is closed or the process ends; does
    /// nothing where the system does not tell how much work there was.
    static AtRest daemon() {
        return started(new AtRest(YOUNG, new ColdPages()));
    }

    /// The same for a server, whose heap grows with the number of those who come at once.
    public static AtRest server() {
        return started(new AtRest(Duration.ZERO, new ColdPages(), new SpareHeap()));
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
                Thread.sleep(look(Work.of(Files.readString(STAT))));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the program ends
        } catch (IOException e) {
            LOG.debug("memory stays as it is: {}", e.getMessage());
        }
    }

    /// Gives back, if it is time to.
    ///
    /// @return after how long to look again
    Duration look(Work now) throws IOException {
        boolean often = young.isPositive();
        boolean calm = now.isLittleMoreThan(before, LITTLE_WHILE_YOUNG);
        boolean over = often && calm && (worked || sinceSaved.compareTo(AGAIN_WHILE_YOUNG) >= 0);
        boolean longEnough = sinceSpan.compareTo(LOOK_EVERY) >= 0;
        if (over || longEnough && now.isLittleMoreThan(span, LITTLE)) {
            for (Saving saving : savings) {
                saving.save();
            }
            sinceSaved = Duration.ZERO;
        }
        worked = !over && (worked || !calm);
        before = now;
        if (longEnough) {
            span = now;
            sinceSpan = Duration.ZERO;
        }
        Duration pause = often ? LOOK_OFTEN : LOOK_EVERY;
        young = young.minus(pause);
        sinceSpan = sinceSpan.plus(pause);
        sinceSaved = sinceSaved.plus(pause);
        return pause;
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

        private boolean isLittleMoreThan(Work earlier, long little) {
            return ticks - earlier.ticks < little && reads == earlier.reads;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
