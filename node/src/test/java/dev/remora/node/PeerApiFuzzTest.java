package dev.remora.node;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.IpPort;
import dev.remora.engine.netmap.NetMap;
import dev.remora.testing.Packets;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/// What a peer says to our PeerAPI in place of HTTP: answered or cut off, and never more than that.
class PeerApiFuzzTest {
    private static final NetMap MAP =
            NodePair.map(
                    """
                    {"Node":{"ID":1,"StableID":"n1","Name":"<n1>.test.","Key":"nodekey:%s1","Addresses":["100.64.0.1/32"]}}
                    """
                            .formatted("0".repeat(63)));

    @FuzzTest(maxDuration = "10s")
    void request(byte[] request) {
        EmbeddedChannel channel = new EmbeddedChannel();
        IpPort from = new IpPort(Packets.ip("100.64.0.1"), 1000);
        PeerApiHandler.addTo(
                channel.pipeline(),
                new PeerApiHandler("100.64.0.2:40000", from, MAP.self(), "<person>"));
        int half = request.length / 2; // a request may come in pieces
        channel.writeInbound(Unpooled.copiedBuffer(request, 0, half));
        if (channel.isOpen()) {
            channel.writeInbound(Unpooled.copiedBuffer(request, half, request.length - half));
        }
        channel.finishAndReleaseAll();
    }
}
