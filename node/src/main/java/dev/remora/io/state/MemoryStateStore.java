package dev.remora.io.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A store without a disk.
final class MemoryStateStore implements StateStore {
    private final Map<String, byte[]> values = new HashMap<>();

    @Override
    public Optional<byte[]> read(String key) {
        return Optional.ofNullable(values.get(key)).map(byte[]::clone);
    }

    @Override
    public void write(String key, byte[] value) {
        if (value.length == 0) {
            values.remove(key);
        } else {
            values.put(key, value.clone());
        }
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
