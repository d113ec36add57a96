package dev.remora.server.relay;

import dev.remora.base.MalformedException;
import dev.remora.crypto.DerpMeshKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.server.http.HttpCounts;
import dev.remora.server.tls.ClientTls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// A relay without sockets: its connections are [Wire]s, all in the test's thread, and time stands still unless it is
/// told to pass.
final class TestRelay {
    static final NodePrivateKey KEY = NodePrivateKey.generate(new Random(1));
    static final NodePrivateKey ALICE = NodePrivateKey.generate(new Random(2));
    static final NodePrivateKey BOB = NodePrivateKey.generate(new Random(3));
    static final NodePrivateKey CAROL = NodePrivateKey.generate(new Random(4));

    private final RelayContext context;
    private final HttpCounts http = new HttpCounts();
    private final List<Wire> wires = new ArrayList<>();
    private long now;

    TestRelay() {
        this(Admission.EVERYBODY, 1 << 20);
    }

    TestRelay(Admission admission, long queueBytes) {
        this(new RelaySettings(KEY, admission, Optional.empty(), queueBytes));
    }

    /// One that other relays of its region may join.
    TestRelay(DerpMeshKey mesh) {
        this(RelaySettings.open(KEY).withMesh(new MeshSettings(mesh, List.of(), tls())));
    }

    private static ClientTls tls() {
        try {
            return ClientTls.trusting(Optional.empty(), Runnable::run);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the JDK trusts nobody", e);
        }
    }

    private TestRelay(RelaySettings settings) {
        context = RelayContext.of(settings, new Random(5), () -> now);
    }

    RelayContext context() {
        return context;
    }

    RelayCounts counts() {
        return context.counts();
    }

    HttpCounts http() {
        return http;
    }

    /// A connection that has sent nothing yet.
    Wire wire() {
        Wire wire = new Wire(context, http);
        wires.add(wire);
        return wire;
    }

    /// A connection that has been upgraded and introduced, and whose greetings are read.
    Wire join(NodePrivateKey key) throws MalformedException {
        Wire wire = wire();
        wire.upgrade();
        wire.introduce(key, ClientDetails.OF_NODE);
        wire.frames();
        return wire;
    }

    void pass(long span, TimeUnit unit) {
        now += unit.toNanos(span);
        for (Wire wire : wires) {
            wire.pass(span, unit);
        }
    }

    static ByteBuffer packet(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Something that a relay takes for disco.
    static ByteBuffer discoPacket() {
        return ByteBuffer.allocate(62).putLong(0, 0x5453f09f92ac0000L);
    }
}
