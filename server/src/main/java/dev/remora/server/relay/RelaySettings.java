package dev.remora.server.relay;

import dev.remora.crypto.NodePrivateKey;
import dev.remora.server.tls.ServerTls;
import java.net.InetSocketAddress;
import java.util.Optional;

/// How a relay is run.
///
/// @param listen where it waits for clients
/// @param tls empty: plain HTTP, for a proxy in front that speaks TLS, or for captive-portal checks on port 80
/// @param key who it is; clients accept any, but a lasting one lets them notice changes
/// @param queueBytes how much all clients' queues together may hold
/// @param mostConnections how many there may be, clients or not
public record RelaySettings(
        InetSocketAddress listen,
        Optional<ServerTls> tls,
        NodePrivateKey key,
        Admission admission,
        long queueBytes,
        int mostConnections) {
    private static final long QUEUE_BYTES = 64 << 20;
    private static final int MOST_CONNECTIONS = 20_000;

    /// For whoever comes, within bounds that suit a small machine.
    public static RelaySettings open(
            InetSocketAddress listen, Optional<ServerTls> tls, NodePrivateKey key) {
        return new RelaySettings(
                listen, tls, key, Admission.EVERYBODY, QUEUE_BYTES, MOST_CONNECTIONS);
    }

    public RelaySettings withAdmission(Admission other) {
        return new RelaySettings(listen, tls, key, other, queueBytes, mostConnections);
    }

    public RelaySettings withMostConnections(int most) {
        return new RelaySettings(listen, tls, key, admission, queueBytes, most);
    }
}
