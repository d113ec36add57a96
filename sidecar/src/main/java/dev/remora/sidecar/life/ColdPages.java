package dev.remora.sidecar.life;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives back, while the process is at rest, the pages of files that it has in memory and only ever reads: the JVM's own code and the cache of classes, most of which
/// only a start needs. A page that is needed again comes from the system's page cache, in less than a microsecond; the system would take such pages itself, but only once it runs
/// short of memory.
///
/// At rest is who took less than 2 % of one processor since the last look (proc(5), `stat`). No page goes while there is work to do.
public final class ColdPages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ColdPages.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    /// In clock ticks, of which Linux tells a hundred a second.
    private static final long AT_REST = 10;

    private static final Path STAT = Path.of("/proc/self/stat");
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");

    private final Thread thread = Thread.ofVirtual().name("cold-pages").unstarted(this::run);

    private ColdPages() {}

    /// Looks from now on, until it is closed or the process ends. Does nothing where the system does not tell what is mapped.
    public static ColdPages start() {
        ColdPages pages = new ColdPages();
        if (Files.isReadable(MAPPINGS)) {
            pages.thread.start();
        }
        return pages;
    }

    private void run() {
        try {
            long before = ticks(Files.readString(STAT));
            List<ReadOnlyMapping> mappings = List.of();
            while (true) {
                Thread.sleep(LOOK_EVERY);
                long now = ticks(Files.readString(STAT));
                if (now - before < AT_REST) {
                    mappings = mappings.isEmpty() ? ownMappings() : mappings;
                    mappings.forEach(ColdPages::giveBack);
                }
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the daemon ends
        } catch (IOException e) {
            LOG.debug("pages stay where they are: {}", e.getMessage());
        }
    }

    /// What the JVM has mapped for as long as it lives.
    static List<ReadOnlyMapping> ownMappings() throws IOException {
        return ReadOnlyMapping.of(Files.readAllLines(MAPPINGS, StandardCharsets.ISO_8859_1))
                .stream()
                .filter(mapping ->
                        mapping.file().endsWith("/libjvm.so") || mapping.file().endsWith(".aot"))
                .toList();
    }

    /// The processor time that a process has taken, for itself and in the system.
    ///
    /// @param stat its fields; the second is a name in parentheses, in which everything may be
    static long ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 14);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    static void giveBack(ReadOnlyMapping mapping) {
        Madvise.dontNeed(mapping.start(), mapping.length());
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    /// madvise(2). The shape of the call is the one that `io.udp` has for the same library: a further one would cost memory and time.
    @SuppressWarnings("restricted") // a foreign call is what this class is for
    private static final class Madvise {
        private static final long MADV_DONTNEED = 4;
        private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
        private static final MemorySegment STATE =
                Arena.global().allocate(Linker.Option.captureStateLayout());
        private static final MethodHandle CALL =
                Linker.nativeLinker()
                        .downcallHandle(
                                Linker.nativeLinker().defaultLookup().findOrThrow("madvise"),
                                FunctionDescriptor.of(
                                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                        JAVA_LONG),
                                ERRNO);

        /// A refusal leaves the pages where they are.
        static void dontNeed(long start, long length) {
            try {
                long result = (long) CALL.invokeExact(STATE, start, length, MADV_DONTNEED, 0L, 0L);
                LOG.trace("madvise of {} bytes: {}", length, result);
            } catch (Throwable t) {
                throw new AssertionError("foreign call", t);
            }
        }
    }
}
