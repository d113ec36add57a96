package dev.remora.sidecar.boot;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Whether the network that this container shares with the app is still there. When the app's container goes, its interfaces go with it, and never come back here:
/// only a new start of this container finds the new ones.
///
/// An engine starts us again at once when we end, and gives up for good if the app's container does not run at that moment. So we end when that runs again, which
/// `/etc/hosts` tells: the file is the same in both containers, and has the app's address in it as long as it runs.
final class HostNetwork {
    /// An engine is not done with a start when it has written the file; and one that moves a container between networks takes one away before it gives the other.
    private static final Duration SETTLE = Duration.ofSeconds(2);

    /// Longer than engines let an app wait that crashes again and again. One that was made anew has another file, of which nothing can be seen here.
    static final Duration PATIENCE = Duration.ofMinutes(2);

    /// What can be seen from in here.
    interface Look {
        /// Whether there is an interface beside loopback.
        boolean hasInterface() throws SocketException;

        /// Whether the container that the network belongs to has an address, perhaps not in the network that we see.
        boolean hasOwner();
    }

    /// How it stands with the network.
    enum Verdict {
        THERE,
        /// It was there at the last look, and is not now.
        LOST,
        /// It is away as it was at the last look.
        AWAY,
        /// The app's container runs again, in another network than ours.
        ELSEWHERE,
        /// Nobody knows when the app's container will be back.
        GONE
    }

    private final Look look;
    private boolean seen;
    private Optional<Instant> goneSince = Optional.empty();
    private Optional<Instant> ownedSince = Optional.empty();

    HostNetwork(Look look) {
        this.look = look;
    }

    static HostNetwork ofThisMachine() {
        return new HostNetwork(new ThisMachine());
    }

    /// Called again and again. A container that never had a network is none of our business.
    Verdict verdict(Instant now) {
        boolean there = hasInterface();
        seen |= there;
        if (there || !seen) {
            goneSince = Optional.empty();
            ownedSince = Optional.empty();
            return Verdict.THERE;
        }
        boolean wasThere = goneSince.isEmpty();
        goneSince = goneSince.or(() -> Optional.of(now));
        ownedSince = look.hasOwner() ? ownedSince.or(() -> Optional.of(now)) : Optional.empty();
        if (isOver(ownedSince, SETTLE, now)) {
            return Verdict.ELSEWHERE;
        }
        if (isOver(goneSince, PATIENCE, now)) {
            return Verdict.GONE;
        }
        return wasThere ? Verdict.LOST : Verdict.AWAY;
    }

    private static boolean isOver(Optional<Instant> since, Duration span, Instant now) {
        return since.filter(begin -> !now.isBefore(begin.plus(span))).isPresent();
    }

    /// What cannot be asked at this moment is taken to be as it was.
    private boolean hasInterface() {
        try {
            return look.hasInterface();
        } catch (SocketException e) {
            return goneSince.isEmpty();
        }
    }

    private static final class ThisMachine implements Look {
        private static final Path HOSTS = Path.of("/etc/hosts");
        private static final Path HOSTNAME = Path.of("/etc/hostname");

        @Override
        public boolean hasInterface() throws SocketException {
            return NetworkInterface.networkInterfaces()
                    .anyMatch(each -> !each.getName().equals("lo"));
        }

        @Override
        public boolean hasOwner() {
            try {
                String name = Files.readString(HOSTNAME).strip();
                return Files.readAllLines(HOSTS).stream()
                        .anyMatch(line -> names(line).contains(name));
            } catch (IOException e) {
                return false;
            }
        }

        private static List<String> names(String line) {
            return Arrays.asList(line.strip().split("\\s+"));
        }
    }
}
