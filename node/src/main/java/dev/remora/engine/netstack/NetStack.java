package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.ip.IcmpPacket;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.PacketSink;
import dev.remora.proto.ip.QuotedPacket;
import dev.remora.proto.tcp.Flow;
import dev.remora.proto.tcp.PathKind;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// A TCP/IP stack for the addresses of one node, in memory. Packets come from peers through [#onPacket] when the packet filter
/// has accepted them; packets to peers go to the [PacketSink].
///
/// End every group of calls, be it packets or calls of streams, with one [#endOfBatch]; ask [#nextDeadline] after that and
/// call [#onTimer] when it is due. Everything runs on the caller's thread. Handlers may call whatever they like from
/// [StreamHandler#onEvent], [TcpListener.Handler] and [UdpHandler]; from [StreamHandler#onPayload] other streams freely, and of
/// their own one what can wait until the payload is taken.
public final class NetStack {
    private final DropCounters drops = new DropCounters();
    private final TcpStack tcp;
    private final UdpStack udp;
    private final IcmpResponder icmp;
    private final Fragments fragments = new Fragments(drops);
    private final Map<NodeKey, PeerUsage> peers = new HashMap<>();
    private Set<IpAddress> addresses = Set.of();

    public NetStack(NetStackConfig config, RandomGenerator random, PacketSink sink) {
        tcp = new TcpStack(config, random, sink, drops);
        FragmentingSink fragmenting = new FragmentingSink(sink, config.tcp().mtu(), random);
        udp = new UdpStack(fragmenting, random);
        icmp = new IcmpResponder(fragmenting);
    }

    /// The addresses that are ours from now on. Streams of an address that is gone are reset.
    public void onAddresses(Collection<IpAddress> own, long now) {
        Set<IpAddress> after = Set.copyOf(own);
        if (after.equals(addresses)) {
            return;
        }
        addresses = after;
        for (TcpStream stream : tcp.streams()) {
            if (!addresses.contains(stream.flow().local())) {
                stream.abort();
            }
        }
        endOfBatch(now);
    }

    /// The peer is no member of the tailnet any more: its streams are reset, and nothing is kept about it.
    public void onPeerGone(NodeKey peer, long now) {
        for (TcpStream stream : tcp.streams()) {
            if (stream.peer().equals(peer)) {
                stream.abort();
            }
        }
        endOfBatch(now);
        tcp.forget(peer);
        peers.remove(peer);
    }

    /// Packets to this peer take another way from now on: what was learned about delay and loss is doubtful, and streams that
    /// are opened later go the same way.
    public void onPathChange(NodeKey peer, PathKind kind, long now) {
        tcp.onPathChange(peer, kind, now);
    }

    /// Takes a packet that came through the tunnel of `peer`. It is used up when this returns.
    public void onPacket(IpPacket packet, NodeKey peer, long now) {
        try {
            if (packet.ttl() == 0 || packet.hasSourceRoute()) {
                drops.count(Drop.BAD_ROUTE);
            } else if (!isOfStream(packet, now) && isAcceptable(packet)) {
                dispatch(packet, peer, now);
            }
        } catch (MalformedException e) {
            drops.count(Drop.MALFORMED);
        }
    }

    /// Nearly all packets belong to open streams, which vouch for their addresses: those take the short way.
    private boolean isOfStream(IpPacket packet, long now) throws MalformedException {
        return packet.protocol() == IpProtocol.TCP
                && !packet.isFragment()
                && tcp.onStreamPacket(packet, now);
    }

    private boolean isAcceptable(IpPacket packet) {
        IpAddress src = packet.src();
        if (!addresses.contains(packet.dst())) {
            drops.count(Drop.NOT_OURS);
        } else if (!IcmpResponder.isUnicast(src) || addresses.contains(src)) {
            drops.count(Drop.BAD_SOURCE);
        } else {
            return true;
        }
        return false;
    }

    private void dispatch(IpPacket packet, NodeKey peer, long now) throws MalformedException {
        if (packet.isFragment()) {
            onFragment(packet, peer, now);
            return;
        }
        switch (packet.protocol()) {
            case IpProtocol.TCP -> onTcp(packet, peer, now);
            case IpProtocol.UDP -> onUdp(packet, now);
            case IpProtocol.ICMP, IpProtocol.ICMPV6 ->
                    onIcmp(IcmpPacket.of(packet), usage(peer), now);
            default -> drops.count(Drop.UNKNOWN_PROTOCOL);
        }
    }

    private void onFragment(IpPacket packet, NodeKey peer, long now) throws MalformedException {
        Optional<ByteBuffer> whole = fragments.onFragment(packet, now);
        if (whole.isPresent()) {
            dispatch(IpPacket.of(whole.get()), peer, now);
        }
    }

    private void onTcp(IpPacket packet, NodeKey peer, long now) throws MalformedException {
        if (!tcp.onStreamPacket(
                packet, now)) { // one that was put together of fragments may be of a stream
            tcp.onOtherPacket(packet, peer, usage(peer), now);
        }
    }

    private void onUdp(IpPacket packet, long now) throws MalformedException {
        if (!udp.onPacket(packet)) {
            drops.count(Drop.CLOSED_PORT);
            if (!icmp.portUnreachable(packet, now)) {
                drops.count(Drop.ANSWER_LIMIT);
            }
        }
    }

    private void onIcmp(IcmpPacket message, PeerUsage usage, long now) {
        if (message.ip().isEchoRequest()) {
            if (!icmp.onEchoRequest(message, usage, now)) {
                drops.count(Drop.ANSWER_LIMIT);
            }
        } else {
            message.quoted().ifPresent(quoted -> onIcmpError(message, quoted, now));
        }
    }

    private void onIcmpError(IcmpPacket error, QuotedPacket quoted, long now) {
        if (quoted.src().ip().v4() != quoted.dst().ip().v4()) {
            return;
        }
        if (quoted.protocol() == IpProtocol.UDP && error.isUnreachable()) {
            udp.onUnreachable(quoted);
        } else if (quoted.protocol() == IpProtocol.TCP) {
            IpPort local = quoted.src();
            IpPort remote = quoted.dst();
            TcpStream stream =
                    tcp.find(new Flow(local.ip(), local.port(), remote.ip(), remote.port()));
            if (stream != null) {
                onIcmpError(error, quoted.rest(), stream, now);
            }
        }
    }

    private static void onIcmpError(IcmpPacket error, int quotedSeq, TcpStream stream, long now) {
        if (error.tooBigForMtu().isPresent()) {
            stream.connection().onPacketTooBig(quotedSeq, error.tooBigForMtu().getAsInt());
        } else if (error.isUnreachable()) {
            stream.connection().onUnreachable(quotedSeq, now, stream.output());
        }
        stream.touch();
    }

    /// The node of `peer` says that it dropped the first packet of this flow, which waits for an answer in vain.
    public void onForbidden(Flow flow, NodeKey peer) {
        TcpStream stream = tcp.find(flow);
        if (stream != null && stream.peer().equals(peer)) {
            stream.connection().onForbidden(stream.output());
            stream.touch();
        }
    }

    private PeerUsage usage(NodeKey peer) {
        return peers.computeIfAbsent(peer, key -> new PeerUsage());
    }

    /// Ends a group of calls: judges what came, sends what was written, tells handlers what happened.
    public void endOfBatch(long now) {
        tcp.endOfBatch(now);
    }

    /// Serves a port on one of our addresses, or on all of them; empty if it is taken. Port 0 on all of them: every port that nobody else serves.
    public Optional<TcpListener> listen(
            Optional<IpAddress> ip, int port, TcpListener.Handler handler) {
        return tcp.listen(ip, port, handler);
    }

    /// Opens a connection from our first address of the family, through the tunnel of `peer`. The handler learns how it ends:
    /// connected, or closed as refused or timed out. Empty if we have no such address, or there are too many connections already.
    public Optional<TcpStream> connect(
            IpPort remote, NodeKey peer, StreamHandler handler, long now) {
        return addresses.stream()
                .filter(ip -> ip.v4() == remote.ip().v4())
                .sorted()
                .findFirst()
                .flatMap(local -> tcp.connect(local, remote, peer, handler, now));
    }

    /// Takes a UDP port on one of our addresses, or on all of them; port 0 stands for any free one. Empty if it is taken.
    public Optional<UdpPort> bind(Optional<IpAddress> ip, int port, UdpHandler handler) {
        return udp.bind(ip, port, handler);
    }

    /// When [#onTimer] is to be called, `Long.MAX_VALUE` for never.
    public long nextDeadline() {
        return Math.min(tcp.nextDeadline(), fragments.nextDeadline());
    }

    public void onTimer(long now) {
        tcp.onTimer(now);
        fragments.onTimer(now);
        endOfBatch(now);
    }

    /// What is held at the moment; when all is closed, nothing is.
    public NetStackStats stats() {
        MemoryBudget budget = tcp.budget();
        return new NetStackStats(
                tcp.size() - tcp.requests(),
                tcp.requests(),
                tcp.limits().halfOpen(),
                tcp.timeWaits().size(),
                tcp.timeWaits().evicted(),
                udp.open(),
                fragments.size(),
                tcp.timers(),
                budget.usedBytes(),
                budget.allocatedBytes(),
                budget.limitBytes(),
                drops.snapshot());
    }
}
