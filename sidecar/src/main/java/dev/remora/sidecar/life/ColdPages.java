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
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives back the pages of files that the process has in memory and only ever reads: the JVM's own code and the cache of classes, most of which
/// only a start needs. A page that is needed again comes from the system's page cache, in less than a microsecond; the system would take such pages itself, but only once it runs
/// short of memory. In a container with a limit of memory it does run short: there it chooses better than we, and a page that it took would have to be read from disk.
final class ColdPages implements AtRest.Saving {
    private static final Logger LOG = LoggerFactory.getLogger(ColdPages.class);
    private static final Path MAPPINGS = Path.of("/proc/self/smaps");

    private final boolean limited = MemoryContract.ofThisProcess().limit().isPresent();
    private List<ReadOnlyMapping> mappings = List.of();

    @Override
    public void save() throws IOException {
        if (limited) {
            return;
        }
        mappings = mappings.isEmpty() ? ownMappings() : mappings;
        mappings.forEach(ColdPages::giveBack);
    }

    /// What the JVM has mapped for as long as it lives.
    static List<ReadOnlyMapping> ownMappings() throws IOException {
        return ReadOnlyMapping.of(Files.readAllLines(MAPPINGS, StandardCharsets.ISO_8859_1))
                .stream()
                .filter(mapping ->
                        mapping.file().endsWith("/libjvm.so") || mapping.file().endsWith(".aot"))
                .toList();
    }

    static void giveBack(ReadOnlyMapping mapping) {
        Madvise.dontNeed(mapping.start(), mapping.length());
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
