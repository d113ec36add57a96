package dev.remora.io.state;

import java.io.IOException;
import java.util.Optional;

/// What survives a restart: small values by name. Used by one thread at a time.
public interface StateStore extends AutoCloseable {
    Optional<byte[]> read(String key);

    /// Keeps `value` under `key`, `null`-free; an empty value removes the key. When this returns the value is on disk. When it throws, the value is
    /// remembered in memory and written with the next successful call.
    void write(String key, byte[] value) throws IOException;

    /// A file of this name beside the state; empty if nothing of this store survives the process.
    Optional<CacheFile> cache(String name);

    /// Where the state is kept, for people.
    String describe();

    @Override
    void close();

    /// A store that forgets everything when the process ends.
    static StateStore inMemory() {
        return new MemoryStateStore();
    }
}
