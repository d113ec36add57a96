package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.IpPort;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Remembers endpoints that came from outside for some minutes after they were last seen: one STUN answer that got lost,
/// or one from another port, is no reason to make every peer forget where we were.
final class EndpointTracker {
    static final long LIFETIME = SECONDS.toNanos(5 * 60 + 10);
    static final int MAX_PER_ADDRESS = 6;

    /// In the order in which they were last seen, oldest first.
    private final Map<IpPort, Seen> seen = new LinkedHashMap<>();

    private record Seen(Endpoint endpoint, long at) {}

    /// Notes what was seen now.
    void saw(List<Endpoint> endpoints, long now) {
        for (Endpoint endpoint : endpoints) {
            seen.remove(endpoint.address());
            seen.put(endpoint.address(), new Seen(endpoint, now));
        }
        seen.values().removeIf(entry -> now - entry.at() > LIFETIME);
        endpoints.forEach(this::limitAddress);
    }

    /// Everything that is still worth telling.
    List<Endpoint> current(long now) {
        return seen.values().stream()
                .filter(entry -> now - entry.at() <= LIFETIME)
                .map(Seen::endpoint)
                .toList();
    }

    /// A NAT that gives every destination another port would fill the list with dead ones.
    private void limitAddress(Endpoint endpoint) {
        List<IpPort> sameIp =
                seen.keySet().stream()
                        .filter(address -> address.ip().equals(endpoint.address().ip()))
                        .toList();
        sameIp.stream().limit(Math.max(0, sameIp.size() - MAX_PER_ADDRESS)).forEach(seen::remove);
    }
}
