package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who holds which port of one protocol: on one of our addresses, or on all of them. Port 0, which nobody can ask for, stands for all that nobody else holds.
final class Bindings<T> {
    private record Key(Optional<IpAddress> ip, int port) {}

    /// Every port that has no holder of its own.
    static final int REST = 0;

    private final Map<Key, T> bound = new HashMap<>();

    /// False if somebody else holds exactly this.
    boolean bind(Optional<IpAddress> ip, int port, T holder) {
        return bound.putIfAbsent(new Key(ip, port), holder) == null;
    }

    void release(Optional<IpAddress> ip, int port) {
        bound.remove(new Key(ip, port));
    }

    /// The holder for an address of ours; one for this address alone goes before one for all.
    @Nullable T find(IpAddress ip, int port) {
        if (bound.isEmpty()) {
            return null;
        }
        T exact = bound.get(new Key(Optional.of(ip), port));
        T general = exact != null ? exact : bound.get(new Key(Optional.empty(), port));
        return general != null ? general : bound.get(new Key(Optional.empty(), REST));
    }

    Collection<T> holders() {
        return bound.values();
    }
}
