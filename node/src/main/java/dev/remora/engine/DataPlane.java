package dev.remora.engine;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.filter.PacketFilter;
import dev.remora.engine.filter.Verdict;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netstack.NetStack;
import dev.remora.engine.path.DatagramKind;
import dev.remora.engine.path.Demux;
import dev.remora.engine.path.PathChoice;
import dev.remora.engine.path.PathFinder;
import dev.remora.engine.path.PathOutput;
import dev.remora.engine.path.PathSource;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.PacketSink;
import dev.remora.proto.ip.TsmpMessage;
import dev.remora.proto.tcp.Flow;
import dev.remora.proto.wireguard.Output;
import dev.remora.proto.wireguard.Source;
import dev.remora.proto.wireguard.WireGuard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// One packet's whole way, in the order it happens.
///
///     in:  datagram or relay frame ─ Demux ─ STUN → netcheck, disco → paths
///                                          ─ WireGuard → tunnel ─┐   (all datagrams of a batch first)
///          ┌─────────────────────────────────────────────────────┘
///          └ inner source check ─ masquerade ─ TSMP ─ packet filter ─ netstack
///     out: netstack ─ packet filter ─ route ─ masquerade ─ tunnel ─ path ─ run of datagrams, relay frame, or both
///
/// Every group of calls ends with [#endOfBatch]: there the stack answers, and what was collected leaves.
final class DataPlane {
    private final PeerBook peers;
    private final WireGuard tunnels;
    private final PathFinder paths;
    private final NetStack stack;
    private final Pings pings;
    private final StunReceiver stun;
    private final Consumer<PathOutput> onPath;
    private final Counters counters;
    private final Consumer<? super EngineOutput> out;

    private final PacketArena arena = new PacketArena(this::sendInner, this::flush);
    private final SendRun run = new SendRun();
    private final Consumer<Output> onTunnel = this::onTunnelOutput;
    private final List<Output.Deliver> delivered = new ArrayList<>();

    /// Who seems to send into sessions that we lost.
    private final Set<NodeKey> sessionless = new HashSet<>();

    private final DatagramViews views = new DatagramViews();

    /// The moment of the call that is being worked on.
    private long now;

    /// The machines that a data plane joins; the stack is made around the memory it writes to.
    record Parts(
            PeerBook peers,
            WireGuard tunnels,
            PathFinder paths,
            Pings pings,
            Function<PacketSink, NetStack> stack) {}

    /// Where answers of STUN servers go.
    interface StunReceiver {
        void onStun(IpPort from, ByteBuffer message, long now);
    }

    /// @param onPath takes what the path layer wants; like `out` it must not call back
    DataPlane(
            Parts parts,
            StunReceiver stun,
            Consumer<PathOutput> onPath,
            Counters counters,
            Consumer<? super EngineOutput> out) {
        this.peers = parts.peers();
        this.tunnels = parts.tunnels();
        this.paths = parts.paths();
        this.pings = parts.pings();
        this.stack = parts.stack().apply(arena);
        this.stun = stun;
        this.onPath = onPath;
        this.counters = counters;
        this.out = out;
    }

    NetStack stack() {
        return stack;
    }

    /// Where packets of ours begin their way; what is written goes out with the next [#endOfBatch].
    PacketSink outgoing(long at) {
        now = at;
        return arena;
    }

    /// Lets the stack do what is due.
    void onStackTimer(long at) {
        now = at;
        stack.onTimer(now);
    }

    /// Datagrams of one source, `segmentSize` bytes each but the last.
    void onDatagrams(IpPort from, ByteBuffer datagrams, int segmentSize, long at) {
        begin(at);
        Source source = new Source.Direct(from);
        int end = datagrams.limit();
        views.begin(datagrams);
        for (int start = datagrams.position(); start < end; start += segmentSize) {
            int length = Math.min(segmentSize, end - start);
            onDatagram(from, source, views.next(datagrams).limit(start + length).position(start));
        }
        Counters.Way way = from.ip().v4() ? Counters.Way.DIRECT_IPV4 : Counters.Way.DIRECT_IPV6;
        deliverAll(new PathSource.Direct(from), way);
        renewSessions();
    }

    /// What a call that failed has left is not delivered: its memory has been used again, for what nobody has opened.
    private void begin(long at) {
        now = at;
        delivered.clear();
    }

    private void onDatagram(IpPort from, Source source, ByteBuffer datagram) {
        switch (Demux.kindOf(datagram)) {
            case WIREGUARD -> tunnels.receive(source, datagram, now, onTunnel);
            case DISCO -> paths.onDisco(new PathSource.Direct(from), datagram, now, onPath);
            case STUN -> stun.onStun(from, datagram, now);
            case RELAYED_DISCO, RELAYED_WIREGUARD ->
                    counters.droppedIn("came through a peer relay");
        }
    }

    /// A packet that a relay brought; the relay vouches for its sender.
    void onRelayed(DerpRegionId via, NodeKey sender, ByteBuffer packet, long at) {
        begin(at);
        PathSource.Relayed source = new PathSource.Relayed(via, sender);
        if (Demux.kindOf(packet) == DatagramKind.DISCO) {
            paths.onDisco(source, packet, now, onPath);
        } else {
            tunnels.receive(new Source.Relayed(via.value(), sender), packet, now, onTunnel);
            deliverAll(source, Counters.Way.DERP);
            renewSessions();
        }
    }

    /// A peer sends into a session of the process before this one until it gives up, some 15 s later: a new session ends that at once.
    private void renewSessions() {
        if (!sessionless.isEmpty()) {
            sessionless.forEach(peer -> tunnels.begin(peer, false, now, onTunnel));
            sessionless.clear();
        }
    }

    /// Makes a session with a peer who is there, before anybody needs it.
    void beginSession(NodeKey peer, long at) {
        now = at;
        tunnels.begin(peer, true, now, onTunnel);
    }

    /// Lets the tunnels do what is due.
    void onTunnelTimer(long at) {
        now = at;
        tunnels.onTimer(now, onTunnel);
    }

    /// The peer runs in a new process: its sessions are void.
    void onPeerRestarted(NodeKey peer, long at) {
        now = at;
        tunnels.reset(peer, now, onTunnel);
    }

    void onPeerGone(NodeKey peer, long at) {
        now = at;
        tunnels.forget(peer, onTunnel);
        stack.onPeerGone(peer, now);
    }

    private void onTunnelOutput(Output output) {
        switch (output) {
            case Output.Transmit(var peer, var datagram) -> transmit(peer, datagram);
            case Output.Deliver deliver -> delivered.add(deliver);
            case Output.Reply(var to, var datagram) -> reply(to, datagram);
            case Output.Identified(var peer, var source) ->
                    paths.onIdentified(peer, pathSource(source), now);
            case Output.Dropped(var reason) -> counters.droppedIn(reason.words());
            case Output.NoSession(var source) -> sender(source).ifPresent(sessionless::add);
            case Output.SessionUp _, Output.PeerIdle _ -> {}
        }
    }

    /// Who seems to be behind a source: the relay's word, or a path that was proven before.
    private Optional<NodeKey> sender(Source source) {
        Optional<NodeKey> sender =
                switch (source) {
                    case Source.Direct(var address) -> paths.peerAt(address);
                    case Source.Relayed(_, var key) -> Optional.of(key);
                };
        return sender.filter(peers::isKnown);
    }

    private static PathSource pathSource(Source source) {
        return switch (source) {
            case Source.Direct(var address) -> new PathSource.Direct(address);
            case Source.Relayed(var region, var sender) ->
                    new PathSource.Relayed(new DerpRegionId(region), sender);
        };
    }

    private void reply(Source to, ByteBuffer datagram) {
        switch (to) {
            case Source.Direct(var address) -> sendDatagram(address, datagram);
            case Source.Relayed(var region, var sender) ->
                    sendRelayed(new DerpRegionId(region), sender, datagram);
        }
    }

    /// Takes what the tunnels brought, all from one place.
    private void deliverAll(PathSource source, Counters.Way way) {
        NodeKey last = null;
        for (Output.Deliver deliver : delivered) {
            if (!deliver.peer().equals(last)) {
                last = deliver.peer();
                paths.onReceived(last, source, now);
            }
            counters.received(way, deliver.packet().remaining());
            deliver(deliver.peer(), deliver.packet());
        }
        delivered.clear();
    }

    private void deliver(NodeKey peer, ByteBuffer bytes) {
        IpPacket packet;
        try {
            packet = IpPacket.of(bytes);
        } catch (MalformedException e) {
            counters.droppedIn(e.reason());
            return;
        }
        if (!peers.routes().maySend(peer, packet)) {
            counters.droppedIn("source address is not the peer's");
            return;
        }
        peers.masquerade().inbound(peer, packet);
        if (packet.protocol() == IpProtocol.TSMP) {
            onTsmp(peer, packet);
        } else if (!packet.isEchoReply() || !pings.onEchoReply(packet, now, out)) {
            filterIn(peer, packet);
        }
    }

    private void filterIn(NodeKey peer, IpPacket packet) {
        Verdict verdict = peers.filter().inbound(packet, peers.isJailed(peer));
        if (verdict.accepted() || isForPeerApi(packet)) {
            stack.onPacket(packet, peer, now);
        } else {
            counters.droppedIn(verdict.metricReason());
            PacketFilter.rejection(packet, verdict)
                    .ifPresent(reject ->
                            reject.write(IpHeader.answerTo(packet, IpProtocol.TSMP), arena));
        }
    }

    /// Our PeerAPI decides itself whom it serves; the packet filter has no say there.
    private boolean isForPeerApi(IpPacket packet) {
        return packet.isTcpSyn()
                && packet.dstPort() != 0
                && packet.dstPort() == peers.peerApiPort(packet.dst())
                && peers.ownAddresses().contains(packet.dst());
    }

    private void onTsmp(NodeKey peer, IpPacket packet) {
        if (!peers.ownAddresses().contains(packet.dst())) {
            counters.droppedIn("TSMP message for another node");
            return;
        }
        try {
            switch (TsmpMessage.parse(packet)) {
                case TsmpMessage.Ping(var data) ->
                        new TsmpMessage.Pong(data, peers.peerApiPort(packet.dst()))
                                .write(IpHeader.answerTo(packet, IpProtocol.TSMP), arena);
                case TsmpMessage.Pong pong -> pings.onPong(pong, now, out);
                case TsmpMessage.DiscoAdvertisement(var key) ->
                        paths.onDiscoKey(peer, new DiscoKey(key), onPath);
                case TsmpMessage.Reject reject -> onReject(peer, reject);
                case TsmpMessage.Unknown _ -> counters.droppedIn("unknown TSMP message");
            }
        } catch (MalformedException e) {
            counters.droppedIn(e.reason());
        }
    }

    /// A node that doubts itself may be right again in a moment; the next SYN will tell.
    private void onReject(NodeKey peer, TsmpMessage.Reject reject) {
        counters.droppedOut("rejected by the peer: " + reject.reasonText(), 1);
        if (reject.protocol() == IpProtocol.TCP && !reject.maybeBroken()) {
            IpPort local = reject.src();
            IpPort remote = reject.dst();
            stack.onForbidden(new Flow(local.ip(), local.port(), remote.ip(), remote.port()), peer);
        }
    }

    /// Takes a packet that the stack, or one of us, has written into the arena.
    private void sendInner(ByteBuffer bytes) {
        try {
            IpPacket packet = IpPacket.of(bytes);
            Verdict verdict = peers.filter().outbound(packet);
            Optional<NodeKey> peer = peers.routes().destinationOf(packet);
            if (!verdict.accepted()) {
                counters.droppedOut(verdict.metricReason(), 1);
            } else if (peer.isEmpty()) {
                counters.droppedOut("no route", 1);
            } else {
                peers.masquerade().outbound(peer.get(), packet);
                tunnels.send(peer.get(), bytes, now, onTunnel);
            }
        } catch (MalformedException e) {
            throw new IllegalStateException("we wrote a packet that is none: " + e.reason());
        }
    }

    private void transmit(NodeKey peer, ByteBuffer datagram) {
        switch (paths.route(peer, now, onPath)) {
            case PathChoice.Direct(var to) -> sendDatagram(to, datagram);
            case PathChoice.Relayed(var via) -> sendRelayed(via, peer, datagram);
            case PathChoice.Both(var to, var via) -> {
                sendRelayed(via, peer, datagram);
                sendDatagram(to, datagram);
            }
            case PathChoice.None(var reason) -> counters.droppedOut(words(reason), 1);
        }
    }

    private static String words(PathChoice.Reason reason) {
        return switch (reason) {
            case UNKNOWN_PEER -> "peer left the tailnet";
            case KEY_EXPIRED -> "peer's key has expired";
            case NO_PATH -> "no path to the peer";
        };
    }

    private void sendDatagram(IpPort to, ByteBuffer datagram) {
        counters.sent(
                to.ip().v4() ? Counters.Way.DIRECT_IPV4 : Counters.Way.DIRECT_IPV6,
                datagram.remaining());
        if (!arena.holds(datagram)) {
            emitRun();
            out.accept(new EngineOutput.SendDatagrams(to, datagram, datagram.remaining()));
            return;
        }
        if (!run.add(to, datagram)) {
            emitRun();
            run.add(to, datagram);
        }
        arena.keep(datagram);
    }

    private void sendRelayed(DerpRegionId via, NodeKey to, ByteBuffer packet) {
        counters.sent(Counters.Way.DERP, packet.remaining());
        out.accept(new EngineOutput.SendRelayed(via, to, packet.duplicate()));
    }

    private void emitRun() {
        if (!run.isEmpty()) {
            out.accept(run.take());
        }
    }

    private void flush() {
        emitRun();
        arena.reset();
    }

    /// Lets the stack answer what came, and sends everything that was collected.
    void endOfBatch(long at) {
        now = at;
        stack.endOfBatch(now);
        flush();
    }
}
