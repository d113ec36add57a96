package dev.remora.sidecar.boot;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Says once that a node runs and publishes nothing. The official image has all of an app's ports on the tailnet, so stacks written for it often name none.
final class NothingPublished {
    /// A script of the user's own may publish something when the node runs.
    private static final Duration LATE_AFTER = Duration.ofSeconds(15);

    private final Set<Integer> ownPorts;
    private Optional<Instant> since = Optional.empty();
    private boolean told;

    /// @param ownPorts those that this program listens on itself
    /// @param exposesAll every port answers without being published
    NothingPublished(Set<Integer> ownPorts, boolean exposesAll) {
        this.ownPorts = Set.copyOf(ownPorts);
        this.told = exposesAll;
    }

    /// Called again and again.
    ///
    /// @param waits the node runs, and no port is served
    /// @return what to do about it, once
    Optional<String> look(boolean waits, Listeners listeners, Instant now) {
        since = waits ? since.or(() -> Optional.of(now)) : Optional.empty();
        if (told || since.filter(at -> !now.isBefore(at.plus(LATE_AFTER))).isEmpty()) {
            return Optional.empty();
        }
        told = true;
        String here = listeners.portsBut(ownPorts);
        return Optional.of(
                "No port is published, so nobody on the tailnet reaches anything here"
                        + (here.isEmpty() ? "" : "; what listens here has port " + here)
                        + ". REMORA_SERVE=tcp:80=localhost:PORT, TS_SERVE_CONFIG or tailscale serve publish a port; REMORA_EXPOSE=all opens every one, as the official image does.");
    }
}
