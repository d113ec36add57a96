package dev.remora.sidecar.boot;

import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Whether the network that this container shares with the app is still there. When the app's container goes, its interfaces go with it, and never come back here.
final class HostNetwork {
    /// An engine that moves a container between networks takes one away before it gives the other.
    private static final Duration GRACE = Duration.ofSeconds(10);

    /// Answers whether there is an interface beside loopback.
    @FunctionalInterface
    interface Look {
        boolean hasInterface() throws SocketException;
    }

    private final Look look;
    private boolean seen;
    private Optional<Instant> goneSince = Optional.empty();

    HostNetwork(Look look) {
        this.look = look;
    }

    static HostNetwork ofThisMachine() {
        return new HostNetwork(HostNetwork::hasInterface);
    }

    private static boolean hasInterface() throws SocketException {
        return NetworkInterface.networkInterfaces().anyMatch(each -> !each.getName().equals("lo"));
    }

    /// True once the network was there and has been gone for a while. A container that never had one is none of our business.
    boolean isGone(Instant now) {
        try {
            if (look.hasInterface()) {
                seen = true;
                goneSince = Optional.empty();
                return false;
            }
        } catch (SocketException e) {
            return false;
        }
        if (!seen) {
            return false;
        }
        goneSince = goneSince.or(() -> Optional.of(now));
        return !now.isBefore(goneSince.get().plus(GRACE));
    }
}
