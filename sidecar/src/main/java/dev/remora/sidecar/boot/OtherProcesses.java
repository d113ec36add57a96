package dev.remora.sidecar.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// The processes of other containers, which can be seen where containers share their process namespace, as those of a pod with `shareProcessNamespace` do. When there were some and
/// there are none any more, the app has ended, whether it listened anywhere or not.
///
/// Whose a process is, its control group tells. The first process of the namespace is nobody's app: it only keeps the namespace.
final class OtherProcesses {
    /// A restart within this time is none of an app's end.
    private static final Duration GONE_AFTER = Duration.ofSeconds(10);

    private final Path proc;
    private boolean came;
    private Optional<Instant> missingSince = Optional.empty();

    /// @param proc where the kernel tells of processes
    OtherProcesses(Path proc) {
        this.proc = proc;
    }

    static OtherProcesses here() {
        return new OtherProcesses(Path.of("/proc"));
    }

    /// Called again and again.
    void look(Instant now) {
        try {
            boolean isAnyThere = isAnyThere();
            came |= isAnyThere;
            missingSince = isAnyThere ? Optional.empty() : missingSince.or(() -> Optional.of(now));
        } catch (IOException | UncheckedIOException e) {
            missingSince = Optional.empty(); // nobody knows
        }
    }

    /// They were there, and are not any more.
    boolean areGone(Instant now) {
        return came && missingSince.filter(at -> !now.isBefore(at.plus(GONE_AFTER))).isPresent();
    }

    private boolean isAnyThere() throws IOException {
        String own = Files.readString(proc.resolve("self/cgroup"));
        try (Stream<Path> all = Files.list(proc)) {
            return all.filter(OtherProcesses::isProcess).anyMatch(each -> isForeign(each, own));
        }
    }

    private static boolean isProcess(Path entry) {
        String name = String.valueOf(entry.getFileName());
        return !name.equals("1") && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isForeign(Path process, String own) {
        try {
            return !Files.readString(process.resolve("cgroup")).equals(own);
        } catch (IOException e) {
            return false; // it has ended meanwhile
        }
    }
}
