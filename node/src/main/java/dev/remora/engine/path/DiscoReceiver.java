package dev.remora.engine.path;

import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.disco.DiscoMessage;
import dev.remora.proto.disco.DiscoMessage.AllocateRelayRequest;
import dev.remora.proto.disco.DiscoMessage.AllocateRelayResponse;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybe;
import dev.remora.proto.disco.DiscoMessage.CallMeMaybeVia;
import dev.remora.proto.disco.DiscoMessage.Ping;
import dev.remora.proto.disco.DiscoMessage.Pong;
import dev.remora.proto.disco.DiscoMessage.RelayBind;
import dev.remora.proto.disco.DiscoMessage.Unknown;
import dev.remora.proto.disco.DiscoPacket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Decides whom a disco packet is from, and whether to believe it; what it means is up to the [PeerPaths] of that
/// peer.
final class DiscoReceiver {
    private final PeerTable peers;
    private final AddressIndex addresses;
    private final PathContext context;

    DiscoReceiver(PeerTable peers, AddressIndex addresses, PathContext context) {
        this.peers = peers;
        this.addresses = addresses;
        this.context = context;
    }

    void onPacket(
            PathSource source, ByteBuffer packet, long now, Consumer<? super PathOutput> out) {
        try {
            DiscoPacket disco = DiscoPacket.of(packet);
            DiscoKey from = disco.sender();
            // before any cryptography: a stranger must not make us work
            if (peers.withDisco(from).isEmpty()) {
                throw new MalformedException("disco from a key that is nobody's");
            }
            onMessage(source, from, context.sender().open(disco), now, out);
        } catch (MalformedException e) {
            out.accept(new PathOutput.Dropped(source, e.reason()));
        }
    }

    private void onMessage(
            PathSource source,
            DiscoKey from,
            DiscoMessage message,
            long now,
            Consumer<? super PathOutput> out)
            throws MalformedException {
        switch (message) {
            case Ping ping -> onPing(source, from, ping, now, out);
            case Pong pong -> onPong(source, from, pong, now, out);
            case CallMeMaybe(var endpoints) ->
                    caller(source, from).onCallMeMaybe(endpoints, now, out);
            case RelayBind _, CallMeMaybeVia _, AllocateRelayRequest _, AllocateRelayResponse _ ->
                    throw new MalformedException("disco for a peer relay, and none is in use");
            case Unknown _ -> throw new MalformedException("disco of an unknown type");
        }
    }

    private void onPing(
            PathSource source,
            DiscoKey disco,
            Ping ping,
            long now,
            Consumer<? super PathOutput> out)
            throws MalformedException {
        List<KnownPeer> senders = sendersOf(source, disco, ping.nodeKey());
        if (senders.isEmpty()) {
            throw new MalformedException("disco ping of a node that is no peer");
        }
        boolean fresh = true;
        if (source instanceof PathSource.Direct(var from)) {
            for (KnownPeer peer : senders) {
                fresh &= peer.paths().onPing(from, ping.txId(), now, out);
            }
            if (senders.size() == 1) {
                addresses.bind(from, senders.getFirst().told().key());
            }
        }
        if (!fresh) {
            throw new MalformedException("disco ping seen before");
        }
        context.sender().pong(disco, ping.txId(), source, out);
    }

    /// Who may have sent a ping: the relay vouches for one node, the ping names one, else all with that disco key.
    private List<KnownPeer> sendersOf(PathSource source, DiscoKey disco, Optional<NodeKey> named) {
        Optional<NodeKey> certain =
                source instanceof PathSource.Relayed relayed
                        ? Optional.of(relayed.sender())
                        : named;
        KnownPeer peer = certain.map(peers::get).filter(p -> p.mayUse(disco)).orElse(null);
        if (peer != null) {
            return List.of(peer);
        }
        return source instanceof PathSource.Relayed
                ? List.of()
                : peers.withDisco(disco).stream().filter(p -> p.mayUse(disco)).toList();
    }

    private void onPong(
            PathSource source,
            DiscoKey disco,
            Pong pong,
            long now,
            Consumer<? super PathOutput> out)
            throws MalformedException {
        SentPing ping = context.sentPings().get(pong.txId());
        boolean sameWay =
                ping != null
                        && (ping.to() instanceof PeerPath.Direct)
                                == (source instanceof PathSource.Direct);
        if (ping == null || !sameWay || !ping.peer().hasDisco(disco)) {
            throw new MalformedException("disco pong without a ping");
        }
        context.sentPings().remove(ping);
        if (source instanceof PathSource.Direct(var from)) {
            addresses.bind(from, ping.peer().key());
        }
        ping.peer().onPong(ping, now, out);
        UserPing user = ping.user();
        if (user != null && user.answer()) {
            out.accept(
                    new PathOutput.PingAnswered(
                            user.token(), user.peer(), ping.to(), now - ping.sentAt()));
        }
    }

    /// The peer whose call-me-maybe this is: only a relay can bring one, from a node with that very disco key.
    private PeerPaths caller(PathSource source, DiscoKey disco) throws MalformedException {
        KnownPeer peer = source instanceof PathSource.Relayed(_, var node) ? peers.get(node) : null;
        if (peer == null || !peer.mayUse(disco)) {
            throw new MalformedException("call-me-maybe that no relay vouches for");
        }
        return peer.paths();
    }
}
