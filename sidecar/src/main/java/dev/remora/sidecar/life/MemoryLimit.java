package dev.remora.sidecar.life;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/// How much memory the system lets this process have: the smallest limit of its control group and of those around it, as version 1 or 2 of control groups has it.
///
///     /proc/self/cgroup      0::/a/b                 /sys/fs/cgroup/a/b/memory.max, /a/memory.max, /memory.max
///                            7:cpu,memory:/a/b       /sys/fs/cgroup/memory/a/b/memory.limit_in_bytes and so on
///
/// A container often sees its own group as the root, while the file in /proc has the path outside: what is not there is passed over.
final class MemoryLimit {
    /// Version 1 writes a number near 2^63 for none; no machine has that much.
    private static final long NONE = 1L << 50;

    private final Path root;

    /// @param root `/`, but for tests
    MemoryLimit(Path root) {
        this.root = root;
    }

    /// In bytes; empty if there is none.
    OptionalLong bytes() {
        return lines(root.resolve("proc/self/cgroup")).stream()
                .flatMapToLong(this::limits)
                .filter(limit -> limit > 0 && limit < NONE)
                .min();
    }

    private LongStream limits(String line) {
        String[] fields = line.split(":", 3);
        if (fields.length < 3) {
            return LongStream.empty();
        }
        Path groups = root.resolve("sys/fs/cgroup");
        if (fields[1].isEmpty()) {
            // where both versions are mounted, the second one's place is this
            return LongStream.concat(
                    upwards(groups, fields[2], "memory.max"),
                    upwards(groups.resolve("unified"), fields[2], "memory.max"));
        }
        return List.of(fields[1].split(",")).contains("memory")
                ? upwards(groups.resolve("memory"), fields[2], "memory.limit_in_bytes")
                : LongStream.empty();
    }

    private static LongStream upwards(Path mount, String group, String file) {
        LongStream.Builder limits = LongStream.builder();
        Path innermost = mount.resolve(group.replaceFirst("^/+", "")).normalize();
        for (Path at = innermost; at != null && at.startsWith(mount); at = at.getParent()) {
            lines(at.resolve(file)).stream().limit(1).forEach(text -> limits.add(parse(text)));
        }
        return limits.build();
    }

    private static long parse(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return NONE; // "max"
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of();
        }
    }
}
