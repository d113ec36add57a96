package dev.remora.server.relay;

import static dev.remora.server.relay.TestRelay.ALICE;
import static dev.remora.server.relay.TestRelay.BOB;
import static dev.remora.server.relay.TestRelay.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.MalformedException;
import dev.remora.crypto.DerpMeshKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpFrame.PeerGone;
import dev.remora.proto.derp.DerpFrame.RecvPacket;
import dev.remora.proto.derp.DerpFrame.SendPacket;
import dev.remora.proto.derp.MeshFrame;
import dev.remora.server.http.HttpServer;
import dev.remora.server.http.HttpSettings;
import dev.remora.server.tls.ClientTls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Relays of one region: what a watcher is told, and clients of two relays that talk to each other.
class MeshTest {
    private static final String SECRET = "5e".repeat(32);
    private static final NodePrivateKey OTHER = NodePrivateKey.generate(new Random(8));

    private final TestRelay relay = new TestRelay(secret(SECRET));

    private static DerpMeshKey secret(String hex) {
        try {
            return DerpMeshKey.parse(hex);
        } catch (MalformedException e) {
            throw new AssertionError(e.reason());
        }
    }

    private Wire joinAsRelay(String hex) throws Exception {
        Wire wire = relay.wire();
        wire.upgrade();
        wire.introduce(OTHER, new ClientDetails(2, true, false, Optional.of(secret(hex)), ""));
        wire.frames();
        return wire;
    }

    private static List<String> presence(List<DerpFrame> frames) {
        return frames.stream()
                .map(frame ->
                        switch (frame) {
                            case MeshFrame.PeerPresent(var key, var from, int flags) ->
                                    "+" + name(key) + from.orElseThrow() + "/" + flags;
                            case PeerGone(var key, int reason) -> "-" + name(key) + reason;
                            default -> frame.toString();
                        })
                .toList();
    }

    private static String name(NodeKey key) {
        return key.equals(ALICE.publicKey())
                ? "alice "
                : key.equals(BOB.publicKey()) ? "bob " : "relay ";
    }

    @Test
    void aWatcherIsToldWhoIsHereAndThenWhoComesAndGoes() throws Exception {
        relay.join(ALICE);
        Wire watcher = joinAsRelay(SECRET);

        watcher.write(new MeshFrame.WatchConns());
        assertThat(presence(watcher.frames()))
                .containsExactlyInAnyOrder("+alice 192.0.2.7:4711/1", "+relay 192.0.2.7:4711/2");
        Wire first = relay.join(BOB);
        Wire second = relay.join(BOB);
        assertThat(presence(watcher.frames())).contains("+bob 192.0.2.7:4711/1");
        first.close();
        assertThat(watcher.frames()).isEmpty();
        second.close();

        assertThat(presence(watcher.frames())).containsExactly("-bob 0");
    }

    @Test
    void whatARelayForwardsComesFromItsClientAndGoesNoFurther() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire other = joinAsRelay(SECRET);

        other.write(
                new MeshFrame.ForwardPacket(BOB.publicKey(), ALICE.publicKey(), packet("hello")),
                new MeshFrame.ForwardPacket(ALICE.publicKey(), BOB.publicKey(), packet("lost")));

        assertThat(alice.frames())
                .containsExactly(new RecvPacket(BOB.publicKey(), packet("hello")));
        assertThat(other.frames()).isEmpty();
        assertThat(relay.counts().drops(Drop.NOT_HERE)).isEqualTo(1);
    }

    @Test
    void aRelayMayHaveAClientHungUpOn() throws Exception {
        Wire alice = relay.join(ALICE);
        Wire other = joinAsRelay(SECRET);

        other.write(new MeshFrame.ClosePeer(ALICE.publicKey()));

        assertThat(alice.isOpen()).isFalse();
        assertThat(relay.counts().hangups(Hangup.BY_MESH)).isEqualTo(1);
    }

    @Test
    void whoHasAnotherSecretIsANodeLikeAnyOther() throws Exception {
        Wire stranger = joinAsRelay("00".repeat(32));

        stranger.write(new MeshFrame.WatchConns());

        assertThat(stranger.isOpen()).isFalse();
        assertThat(relay.counts().hangups(Hangup.MALFORMED)).isEqualTo(1);
    }

    @Test
    void theRelayThatHadAClientFirstGetsItsPacketsUntilItLosesIt() throws Exception {
        Switchboard switchboard = relay.context().switchboard();
        Wire alice = relay.join(ALICE);
        StringBuilder ways = new StringBuilder();
        Elsewhere first = (_, _, _) -> ways.append('1');
        Elsewhere second = (_, _, _) -> ways.append('2');
        SendPacket toBob = new SendPacket(BOB.publicKey(), packet("x"));

        switchboard.reachable(BOB.publicKey(), first);
        switchboard.reachable(BOB.publicKey(), second);
        alice.write(toBob);
        switchboard.forget(first);
        alice.write(toBob);
        switchboard.unreachable(BOB.publicKey(), second);
        alice.write(toBob);

        assertThat(ways).hasToString("12");
        assertThat(relay.counts().drops(Drop.NOT_HERE)).isEqualTo(1);
    }

    private record Member(RelayServer relay, HttpServer http) implements AutoCloseable {
        static Member start(EngineLoop loop, NodePrivateKey key, InetSocketAddress... others)
                throws Exception {
            ClientTls tls = ClientTls.trusting(Optional.empty(), Thread::startVirtualThread);
            List<MeshPeer> with =
                    List.of(others).stream()
                            .map(o -> new MeshPeer("127.0.0.1", o.getPort(), false))
                            .toList();
            RelayServer relay =
                    new RelayServer(
                            loop,
                            RelaySettings.open(key)
                                    .withMesh(new MeshSettings(secret(SECRET), with, tls)));
            InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
            HttpSettings settings = HttpSettings.of(any, Optional.empty());
            return new Member(relay, HttpServer.start(loop, settings, relay.routes()));
        }

        Sockets join(NodePrivateKey key) throws Exception {
            return Sockets.join(http.address(), relay.publicKey(), key);
        }

        @Override
        public void close() {
            relay.close();
            http.close();
        }
    }

    /// Alice's relay dials bob's, and so her packets find him; how he finds her is the business of his relay.
    @Test
    @Timeout(60)
    void clientsOfTwoRelaysReachEachOther() throws Exception {
        EngineLoop loop = EngineLoop.start("mesh-test");
        try (Member far = Member.start(loop, OTHER);
                Member near = Member.start(loop, TestRelay.KEY, far.http().address());
                Sockets bob = far.join(BOB);
                Sockets alice = near.join(ALICE)) {
            SendPacket knock = new SendPacket(BOB.publicKey(), packet("knock"));
            long round = 0;
            while (near.relay().counts().packetsForwarded() == 0) {
                alice.write(knock, new DerpFrame.Ping(++round)); // until the mesh is there
                assertThat(alice.read()).isEqualTo(new DerpFrame.Pong(round));
            }
            assertThat(bob.read()).isEqualTo(new RecvPacket(ALICE.publicKey(), packet("knock")));
            assertThat(near.relay().counts().meshLinks()).isEqualTo(1);
        } finally {
            loop.closeAndWait();
        }
    }
}
