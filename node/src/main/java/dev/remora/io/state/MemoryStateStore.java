package dev.remora.io.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A store without a disk.
final class MemoryStateStore implements StateStore {
    private final Map<String, byte[]> values = new HashMap<>();

    @Override
    public Optional<byte[]> read(String key) {
        return Optional.ofNullable(values.get(key)).map(byte[]::clone);
    }

    @Override
    public void write(Map<String, byte[]> changes) {
        changes.forEach((key, value) -> values.put(key, value.clone()));
        values.values().removeIf(value -> value.length == 0);
    }

    @Override
    public void retry() {
        // every write succeeds
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    public StateException damaged(String why, @Nullable Exception cause) {
        return StateException.of("the state is damaged (" + why + ")", cause);
    }

    @Override
    public Optional<CacheFile> cache(String name) {
        return Optional.empty();
    }

    @Override
    public String describe() {
        return "memory only";
    }

    @Override
    public void close() {
        values.clear();
    }
}
