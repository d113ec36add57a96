package dev.remora.server.relay;

import dev.remora.crypto.DerpMeshKey;
import dev.remora.server.tls.ClientTls;
import java.util.List;

/// The mesh of a region: whoever is connected to one of its relays is reached through all of them.
///
/// @param key the secret that all of them know
/// @param with the others; ourselves among them does no harm
/// @param tls whom we trust when we dial them
public record MeshSettings(DerpMeshKey key, List<MeshPeer> with, ClientTls tls) {
    public MeshSettings {
        with = List.copyOf(with);
    }
}
