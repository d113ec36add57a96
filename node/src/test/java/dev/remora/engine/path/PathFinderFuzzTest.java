package dev.remora.engine.path;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.Bytes32;
import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Whatever a peer seals, and whatever a stranger sends: nothing is thrown, and never more than a hundred packets come
/// out for one that went in.
class PathFinderFuzzTest {
    private static final DerpRegionId REGION = new DerpRegionId(1);
    private static final IpPort FROM = TestPeer.address("192.0.2.1:41641");

    @FuzzTest(maxDuration = "10s")
    void sealedByAPeer(byte[] payload) {
        DiscoPrivateKey disco = DiscoPrivateKey.generate(new Random(0));
        TestPeer peer = new TestPeer(5, disco.publicKey());
        receive(disco, peer, peer.sealRaw(payload));
    }

    @FuzzTest(maxDuration = "10s")
    void sentByAStranger(byte[] datagram) {
        DiscoPrivateKey disco = DiscoPrivateKey.generate(new Random(0));
        TestPeer peer = new TestPeer(5, disco.publicKey());
        receive(disco, peer, ByteBuffer.wrap(datagram));
    }

    private static void receive(DiscoPrivateKey disco, TestPeer peer, ByteBuffer packet) {
        PathFinder finder =
                new PathFinder(disco, new NodeKey(new Bytes32(1, 1, 1, 1)), new Random(1));
        List<PathOutput> out = new ArrayList<>();
        finder.onPeerChanged(peer.told(1, "192.0.2.9:1"), 0, out::add);
        out.clear();
        finder.onDisco(new PathSource.Direct(FROM), packet.duplicate(), 1, out::add);
        finder.onDisco(new PathSource.Relayed(REGION, peer.key), packet, 2, out::add);
        if (out.size() > 2 * Candidates.MAX) {
            throw new AssertionError(out.size() + " outputs for one packet");
        }
    }
}
