package dev.remora.sidecar.life;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Gives back the pages of files that the process has in memory and only ever reads: the JVM's own code and the cache of classes, most of which
/// only a start needs. A page that is needed again comes from the system's page cache, in less than a microsecond; the system would take such pages itself, but only once it runs
/// short of memory. In a container with a limit of memory it does run short: there it chooses better than we, and a page that it took would have to be read from disk.
final class ColdPages implements AtRest.Saving {
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
}
