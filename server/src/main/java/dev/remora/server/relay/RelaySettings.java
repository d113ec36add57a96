package dev.remora.server.relay;

import dev.remora.crypto.NodePrivateKey;

/// How a relay is run.
///
/// @param key who it is; clients accept any, but a lasting one lets them notice changes
/// @param queueBytes how much all clients' queues together may hold
public record RelaySettings(NodePrivateKey key, Admission admission, long queueBytes) {
    private static final long QUEUE_BYTES = 64 << 20;

    /// For whoever comes, within bounds that suit a small machine.
    public static RelaySettings open(NodePrivateKey key) {
        return new RelaySettings(key, Admission.EVERYBODY, QUEUE_BYTES);
    }

    public RelaySettings withAdmission(Admission other) {
        return new RelaySettings(key, other, queueBytes);
    }
}
