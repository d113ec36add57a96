package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.localapi.ApiStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Everybody who wants to be told what happens. Used on the backend's thread.
///
/// A stream is closed when its reader does not keep up ([ApiStream#write]); nothing is kept back for it.
final class Bus {
    private static final int SESSION_BYTES = 8;

    private final RandomGenerator random;
    private final Map<String, Watcher> watchers = new LinkedHashMap<>();

    private record Watcher(WatchMask mask, ApiStream stream) {}

    Bus(RandomGenerator random) {
        this.random = random;
    }

    /// Adds a watcher and returns the id of its session, 16 hexadecimal digits.
    String add(WatchMask mask, ApiStream stream) {
        byte[] id = new byte[SESSION_BYTES];
        random.nextBytes(id);
        String session = HexFormat.of().formatHex(id);
        watchers.put(session, new Watcher(mask, stream));
        return session;
    }

    void remove(String session) {
        watchers.remove(session);
    }

    /// The sessions that live.
    Set<String> sessions() {
        return Set.copyOf(watchers.keySet());
    }

    void tell(String session, Notify message) {
        Watcher watcher = watchers.get(session);
        if (watcher != null) {
            watcher.stream.write(bytes(message));
        }
    }

    void tellAll(Notify message) {
        if (!watchers.isEmpty()) {
            byte[] bytes = bytes(message);
            watchers.values().forEach(watcher -> watcher.stream.write(bytes));
        }
    }

    /// Tells those whose mask has `bit`.
    void tell(long bit, Notify message) {
        if (wants(bit)) {
            byte[] bytes = bytes(message);
            watchers.values().stream()
                    .filter(watcher -> watcher.mask.has(bit))
                    .forEach(watcher -> watcher.stream.write(bytes));
        }
    }

    /// Whether anybody's mask has `bit`.
    boolean wants(long bit) {
        return watchers.values().stream().anyMatch(watcher -> watcher.mask.has(bit));
    }

    void close(String session) {
        Watcher watcher = watchers.remove(session);
        if (watcher != null) {
            watcher.stream.close();
        }
    }

    void closeAll() {
        List<String> all = new ArrayList<>(watchers.keySet());
        all.forEach(this::close);
    }

    private static byte[] bytes(Notify message) {
        return (JsonTree.compact(message.toTree()) + "\n").getBytes(UTF_8);
    }
}
