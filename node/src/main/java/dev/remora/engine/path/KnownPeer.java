package dev.remora.engine.path;

import dev.remora.crypto.DiscoKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A peer of the netmap. Its [PeerPaths] exist only once a packet went to it or came from it: most peers of a large
/// tailnet are never talked to.
final class KnownPeer {
    private final PathContext context;
    private PathPeer told;
    private Optional<DiscoKey> disco;
    private @Nullable PeerPaths paths;

    KnownPeer(PathPeer told, PathContext context) {
        this.told = told;
        this.context = context;
        disco = told.disco();
    }

    PathPeer told() {
        return told;
    }

    void told(PathPeer told) {
        this.told = told;
    }

    /// The disco key it has now: the netmap's, or what the peer itself has told since.
    Optional<DiscoKey> disco() {
        return disco;
    }

    void disco(Optional<DiscoKey> disco) {
        this.disco = disco;
    }

    /// Whether disco of this key may be from the peer: one whose node key has expired is heard no more.
    boolean mayUse(DiscoKey key) {
        return !told.expired() && disco.isPresent() && disco.get().equals(key);
    }

    PeerPaths paths() {
        if (paths == null) {
            paths = new PeerPaths(told, disco, context);
        }
        return paths;
    }

    /// The paths, null if none were ever needed.
    @Nullable PeerPaths pathsIfUsed() {
        return paths;
    }
}
