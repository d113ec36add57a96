package dev.remora.server.relay;

import dev.remora.crypto.NodePrivateKey;
import java.util.Optional;

/// How a relay is run.
///
/// @param key who it is; clients accept any, but a lasting one lets them notice changes
/// @param mesh the other relays of our region, if there are any
/// @param queueBytes how much all clients' queues together may hold
public record RelaySettings(
        NodePrivateKey key, Admission admission, Optional<MeshSettings> mesh, long queueBytes) {
    private static final long QUEUE_BYTES = 64 << 20;

    /// For whoever comes, within bounds that suit a small machine.
    public static RelaySettings open(NodePrivateKey key) {
        return new RelaySettings(key, Admission.EVERYBODY, Optional.empty(), QUEUE_BYTES);
    }

    public RelaySettings withAdmission(Admission other) {
        return new RelaySettings(key, other, mesh, queueBytes);
    }

    public RelaySettings withMesh(MeshSettings other) {
        return new RelaySettings(key, admission, Optional.of(other), queueBytes);
    }
}
