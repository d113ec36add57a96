package dev.remora.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.IpPort;
import dev.remora.crypto.Aead;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netstack.NetStackConfig;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.PacketSink;
import dev.remora.proto.wireguard.Output;
import dev.remora.proto.wireguard.Source;
import dev.remora.proto.wireguard.WireGuard;
import dev.remora.testing.Packets;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;

/// An engine under test, and a peer that is nothing but a WireGuard machine: it may send any inner packet. They reach each other through a relay.
final class BarePeer {
    static final DerpRegionId REGION = new DerpRegionId(900);
    private static final int NUMBER = 2;

    private final Random random = new Random(1);
    private final NodePrivateKey ownKey = NodePrivateKey.generate(random);
    private final NodePrivateKey engineKey = NodePrivateKey.generate(random);
    private final WireGuard machine =
            new WireGuard(ownKey, Aead.jdk(), random, () -> 0, key -> true, 1280);
    private final Queue<ByteBuffer> toPeer = new ArrayDeque<>();
    private final Queue<ByteBuffer> toEngine = new ArrayDeque<>();

    final Engine engine =
            new Engine(
                    engineKey,
                    DiscoPrivateKey.generate(random),
                    Aead.jdk(),
                    NetStackConfig.defaults(),
                    () -> 0,
                    random,
                    this::perform);
    final List<EngineOutput> outputs = new ArrayList<>();
    final List<IpPacket> received = new ArrayList<>();
    long now;

    /// @param more members of the peer's node
    /// @param rules of the packet filter
    BarePeer(String more, String rules) {
        learn(more, rules);
    }

    NodeKey key() {
        return ownKey.publicKey();
    }

    void learn(String more, String rules) {
        String peer =
                Maps.node(NUMBER, more)
                        .replace(Maps.key(NUMBER).text(), ownKey.publicKey().text())
                        .replace("'Cap':145", "'Cap':100");
        if (more.contains("'AllowedIPs'")) {
            peer = peer.replaceFirst("'AllowedIPs':\\['[^']*'\\],", "");
        }
        engine.onNetMap(Maps.of(peer, rules), now);
        engine.endOfBatch(now);
        deliver();
    }

    private void perform(EngineOutput output) {
        if (output instanceof EngineOutput.SendRelayed(_, var to, var packet)
                && to.equals(ownKey.publicKey())) {
            toPeer.add(copy(packet));
        } else {
            outputs.add(output);
        }
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    /// Sends any bytes as an inner packet, and lets both answer as long as they have something to say.
    void send(ByteBuffer inner) {
        ByteBuffer memory =
                ByteBuffer.allocateDirect(
                        PacketSink.HEADROOM + inner.remaining() + PacketSink.TAILROOM + 16);
        memory.position(PacketSink.HEADROOM).put(inner.duplicate());
        memory.flip().position(PacketSink.HEADROOM);
        machine.send(engineKey.publicKey(), memory, now, this::onPeer);
        deliver();
    }

    void send(IpPacket packet) {
        send(packet.bytes());
    }

    void sendText(String noPacket) {
        send(ByteBuffer.wrap(noPacket.getBytes(UTF_8)));
    }

    private void onPeer(Output output) {
        switch (output) {
            case Output.Transmit(_, var datagram) -> toEngine.add(copy(datagram));
            case Output.Reply(_, var datagram) -> toEngine.add(copy(datagram));
            case Output.Deliver(_, var packet) -> received.add(Packets.packet(copy(packet)));
            case Output.Identified _,
                    Output.SessionUp _,
                    Output.Dropped _,
                    Output.NoSession _,
                    Output.PeerIdle _ -> {}
        }
    }

    void deliver() {
        while (!toEngine.isEmpty() || !toPeer.isEmpty()) {
            for (ByteBuffer packet; (packet = toEngine.poll()) != null; ) {
                engine.onRelayed(REGION, ownKey.publicKey(), packet, now);
            }
            engine.endOfBatch(now);
            for (ByteBuffer packet; (packet = toPeer.poll()) != null; ) {
                if (packet.get(0) != 'T') { // disco is beyond a bare peer
                    Source source = new Source.Relayed(REGION.value(), engineKey.publicKey());
                    machine.receive(source, packet, now, this::onPeer);
                }
            }
        }
    }

    /// Gives datagrams to the engine as if from the network.
    void datagrams(IpPort from, ByteBuffer bytes, int segmentSize) {
        engine.onDatagrams(from, bytes, segmentSize, now);
        engine.endOfBatch(now);
        deliver();
    }

    /// What the peer got since the last call.
    List<IpPacket> takeReceived() {
        List<IpPacket> taken = List.copyOf(received);
        received.clear();
        return taken;
    }

    long dropsIn(String reason) {
        return engine.traffic().inboundDrops().getOrDefault(reason, 0L);
    }

    long dropsOut(String reason) {
        return engine.traffic().outboundDrops().getOrDefault(reason, 0L);
    }
}
