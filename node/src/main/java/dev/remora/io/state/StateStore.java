package dev.remora.io.state;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What survives a restart: small values by name. Used by one thread at a time.
public interface StateStore extends AutoCloseable {
    Optional<byte[]> read(String key);

    /// Keeps each value under its key; an empty value removes the key. When this returns, all of them are on disk. When it throws, none is, but they are
    /// remembered in memory and written with the next successful call.
    void write(Map<String, byte[]> changes) throws IOException;

    /// Keeps one value.
    default void write(String key, byte[] value) throws IOException {
        write(Map.of(key, value));
    }

    /// Writes what an earlier call could not, if there is such a thing.
    void retry() throws IOException;

    /// What is wrong with the place where the state is kept, in a sentence for people; empty: nothing.
    Optional<String> trouble();

    /// The error to throw for a state that can be read but makes no sense. The state stays as it is, and a copy of it is kept aside.
    ///
    /// @param why a few words
    StateException damaged(String why, @Nullable Exception cause);

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
