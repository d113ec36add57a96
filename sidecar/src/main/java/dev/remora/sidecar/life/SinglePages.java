package dev.remora.sidecar.life;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps pages of the program's own files that nobody asked for out of a small memory. When a page is missing the system reads what stands around it as well, megabytes of it on some disks,
/// and all of that counts against a container's limit: where the limit is near, each such page drives out others that are needed next, and the program does nothing but wait for them.
final class SinglePages {
    private static final Logger LOG = LoggerFactory.getLogger(SinglePages.class);
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    /// A mapping of the JVM's or its libraries' code, of its modules or of the cache of classes, as proc(5) has it.
    private static final Pattern PROGRAM =
            Pattern.compile(
                    "([0-9a-f]+)-([0-9a-f]+) \\S+ \\S+ \\S+ \\S+ +/.*(\\.so[.0-9]*|/modules|\\.aot)");

    private SinglePages() {}

    /// From now on, for what is mapped now. Costs nothing where memory is not short.
    static void ask() {
        try {
            List<String> mappings = Files.readAllLines(MAPPINGS, StandardCharsets.ISO_8859_1);
            program(mappings).forEach(found -> Madvise.random(found.start(), found.length()));
        } catch (IOException e) {
            LOG.debug("pages are read as the system likes: {}", e.getMessage());
        }
    }

    static Stream<Range> program(List<String> mappings) {
        return mappings.stream().map(PROGRAM::matcher).filter(Matcher::matches).map(Range::of);
    }

    /// @param start the address
    /// @param length bytes
    record Range(long start, long length) {
        private static Range of(Matcher line) {
            long start = Long.parseUnsignedLong(line.group(1), 16);
            return new Range(start, Long.parseUnsignedLong(line.group(2), 16) - start);
        }
    }
}
