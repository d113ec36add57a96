package dev.remora.engine.path;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NaclBox;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.disco.DiscoMessage;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybe;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.DiscoMessage.Pong;
import dev.remora.proto.disco.DiscoPacket;
import dev.remora.proto.disco.TxId;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Seals disco messages and hands them out as packets; opens those that come in. What we share with a peer is worked
/// out once and kept until that disco key is nobody's any more.
final class DiscoSender {
    /// What disco packets are cut from: one direct allocation for some hundred of them.
    private static final int SLAB = 64 * 1024;

    /// The longest packet a user may ask for: what fits into a datagram.
    private static final int MAX_PACKET = 65_000;

    /// How the real peers write "seen through a relay" in a pong: this address, and the region as the port.
    private static final IpAddress RELAY_ADDRESS = IpAddress.v4(0x7f030328);

    private static final int IPV4_AND_UDP = 28;
    private static final int IPV6_AND_UDP = 48;

    private final DiscoPrivateKey self;
    private final RandomGenerator random;
    private final SentPings sentPings;
    private final Map<DiscoKey, NaclBox.BoxKey> shared = new HashMap<>();
    private NodeKey selfNode;
    private ByteBuffer slab = ByteBuffer.allocate(0);

    DiscoSender(
            DiscoPrivateKey self, NodeKey selfNode, RandomGenerator random, SentPings sentPings) {
        this.self = self;
        this.selfNode = selfNode;
        this.random = random;
        this.sentPings = sentPings;
    }

    void selfNode(NodeKey selfNode) {
        this.selfNode = selfNode;
    }

    void forget(DiscoKey peer) {
        shared.remove(peer);
    }

    DiscoMessage open(DiscoPacket packet) throws MalformedException {
        return packet.open(sharedWith(packet.sender()));
    }

    /// Sends one ping.
    ///
    /// @param size of the whole disco packet in bytes, as far as that can be had; 0: as short as it gets
    void ping(
            PeerPaths peer,
            PeerPath to,
            int size,
            @Nullable UserPing user,
            long now,
            Consumer<? super PathOutput> out) {
        DiscoKey disco = peer.disco().orElse(null);
        if (disco == null) {
            return;
        }
        int padding = Math.max(0, Math.min(size, MAX_PACKET) - Ping.PACKET_LENGTH);
        TxId txId = TxId.random(random);
        send(disco, peer.key(), to, new Ping(txId, Optional.of(selfNode), padding), out);
        sentPings.add(new SentPing(txId, peer, to, now, provenMtu(to, size), user));
        if (user != null) {
            user.sentOne();
        }
    }

    /// How large the IP packet around a disco packet of this size is.
    static int ipLength(IpPort to, int size) {
        return size + (to.ip().v4() ? IPV4_AND_UDP : IPV6_AND_UDP);
    }

    private static int provenMtu(PeerPath to, int size) {
        return to instanceof PeerPath.Direct(var address) && size > 0
                ? ipLength(address, Math.max(size, Ping.PACKET_LENGTH))
                : MeasuredPath.DEFAULT_MTU;
    }

    /// Answers a ping over the way it came.
    void pong(DiscoKey disco, TxId txId, PathSource pingedFrom, Consumer<? super PathOutput> out) {
        switch (pingedFrom) {
            case PathSource.Direct(var from) -> direct(disco, from, new Pong(txId, from), out);
            case PathSource.Relayed(var via, var sender) -> {
                IpPort seenFrom = new IpPort(RELAY_ADDRESS, via.value() & 0xffff);
                relayed(disco, via, sender, new Pong(txId, seenFrom), out);
            }
        }
    }

    void callMeMaybe(
            PeerPaths peer,
            DerpRegionId via,
            List<Endpoint> own,
            Consumer<? super PathOutput> out) {
        List<IpPort> addresses = own.stream().map(Endpoint::address).toList();
        peer.disco()
                .ifPresent(
                        disco -> relayed(disco, via, peer.key(), new CallMeMaybe(addresses), out));
    }

    private void send(
            DiscoKey disco,
            NodeKey peer,
            PeerPath to,
            DiscoMessage message,
            Consumer<? super PathOutput> out) {
        switch (to) {
            case PeerPath.Direct(var address) -> direct(disco, address, message, out);
            case PeerPath.Relayed(var via) -> relayed(disco, via, peer, message, out);
        }
    }

    private void direct(
            DiscoKey disco, IpPort to, DiscoMessage message, Consumer<? super PathOutput> out) {
        ByteBuffer packet = seal(disco, message);
        if (packet != null) {
            out.accept(new PathOutput.SendDisco(to, packet));
        }
    }

    private void relayed(
            DiscoKey disco,
            DerpRegionId via,
            NodeKey peer,
            DiscoMessage message,
            Consumer<? super PathOutput> out) {
        ByteBuffer packet = seal(disco, message);
        if (packet != null) {
            out.accept(new PathOutput.RelayDisco(via, peer, packet));
        }
    }

    /// Null if the receiver's key is none that anybody could open a box with.
    private @Nullable ByteBuffer seal(DiscoKey receiver, DiscoMessage message) {
        try {
            NaclBox.BoxKey key = sharedWith(receiver);
            byte[] nonce = new byte[NaclBox.NONCE_LENGTH];
            random.nextBytes(nonce);
            ByteBuffer packet = cut(DiscoPacket.OVERHEAD + message.length());
            DiscoPacket.seal(self.publicKey(), key, nonce, message, packet);
            return packet.flip();
        } catch (MalformedException e) {
            return null;
        }
    }

    private NaclBox.BoxKey sharedWith(DiscoKey peer) throws MalformedException {
        NaclBox.BoxKey known = shared.get(peer);
        if (known == null) {
            known = NaclBox.precompute(self, peer.bytes());
            shared.put(peer, known);
        }
        return known;
    }

    /// The next piece of the slab. Pieces are never used again; the slab goes when the last of them does.
    private ByteBuffer cut(int length) {
        if (slab.remaining() < length) {
            slab = ByteBuffer.allocateDirect(Math.max(SLAB, length));
        }
        ByteBuffer piece = slab.slice(slab.position(), length);
        slab.position(slab.position() + length);
        return piece;
    }
}
