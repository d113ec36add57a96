package dev.remora.server.relay;

import dev.remora.crypto.DerpMeshKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.DerpServerKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What all connections of one relay share.
///
/// @param handlers the clients' connections, introduced or not
/// @param clock nanoseconds since the relay started
record RelayContext(
        NodePrivateKey key,
        Admission admission,
        Optional<DerpMeshKey> meshKey,
        Switchboard switchboard,
        QueueBudget budget,
        RelayCounts counts,
        Set<ClientHandler> handlers,
        RandomGenerator random,
        LongSupplier clock,
        AtomicBoolean closed) {
    static RelayContext of(RelaySettings settings, RandomGenerator random, LongSupplier clock) {
        RelayCounts counts = new RelayCounts();
        return new RelayContext(
                settings.key(),
                settings.admission(),
                settings.mesh().map(MeshSettings::key),
                new Switchboard(counts),
                new QueueBudget(settings.queueBytes()),
                counts,
                new HashSet<>(),
                random,
                clock,
                new AtomicBoolean());
    }

    /// Nobody comes in from now on.
    void close() {
        closed.set(true);
    }

    boolean isClosed() {
        return closed.get();
    }

    /// Whether it is a relay of our region that says so.
    boolean isOfMesh(ClientDetails details) {
        return meshKey.isPresent()
                && details.meshKey().isPresent()
                && MessageDigest.isEqual(bytes(meshKey.get()), bytes(details.meshKey().get()));
    }

    private static byte[] bytes(DerpMeshKey key) {
        return key.text().getBytes(StandardCharsets.US_ASCII);
    }

    DerpServerKey publicKey() {
        return new DerpServerKey(key.publicKey().bytes());
    }

    long now() {
        return clock.getAsLong();
    }
}
