package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.ip.Checksum;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.PacketSink;
import dev.remora.proto.tcp.Flow;
import dev.remora.proto.tcp.InitialNumbers;
import dev.remora.proto.tcp.PathKind;
import dev.remora.proto.tcp.TcpConfig;
import dev.remora.proto.tcp.TcpConnection;
import dev.remora.proto.tcp.TcpEvent;
import dev.remora.proto.tcp.TcpReset;
import dev.remora.proto.tcp.TcpSegment;
import dev.remora.proto.tcp.TimeWait;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The TCP half of the stack: finds what a segment belongs to, and keeps all that lives longer than a segment.
final class TcpStack {
    /// Events may cause writes, and those events; what goes round more often than this waits for the next batch.
    private static final int MOST_ROUNDS = 8;

    private final TcpConfig config;
    private final PacketSink sink;
    private final MemoryBudget budget;
    private final ConnectionLimits limits;
    private final InitialNumbers numbers;
    private final Ports ports;
    private final FlowTable<TcpEntry> entries;
    private final TimeWaitTable timeWaits;
    private final Bindings<TcpListener> listeners = new Bindings<>();
    private final TimerHeap timers = new TimerHeap();
    private final TcpSegment segment = new TcpSegment();
    private final TcpSegment request = new TcpSegment();
    private final ArrayDeque<Notice> notices = new ArrayDeque<>();
    private final Set<NodeKey> relayed = new HashSet<>();
    private final ArrayDeque<TcpStream> touched = new ArrayDeque<>();
    private int requests;

    /// What its owner is to be told at the end of the batch.
    private sealed interface Notice {
        record Event(TcpStream stream, TcpEvent event) implements Notice {}

        record Request(ConnectRequest request) implements Notice {}

        record Cancelled(ConnectRequest request) implements Notice {}
    }

    TcpStack(NetStackConfig config, RandomGenerator random, PacketSink sink, DropCounters drops) {
        this.config = config.tcp();
        this.sink = sink;
        budget = new MemoryBudget(config.memory());
        limits = new ConnectionLimits(config.caps(), budget, drops);
        numbers = new InitialNumbers(random);
        ports = new Ports(random);
        entries = new FlowTable<>(random);
        timeWaits = new TimeWaitTable(config.caps().timeWaits(), random);
    }

    /// Takes a packet if it belongs to a stream; says whether it did.
    boolean onStreamPacket(IpPacket packet, long now) throws MalformedException {
        if (!(entries.find(packet) instanceof TcpStream stream)) {
            return false;
        }
        parse(packet);
        stream.connection().onSegment(segment, now, stream.output());
        stream.gotSegment();
        return true;
    }

    /// Takes a packet that belongs to no stream.
    void onOtherPacket(IpPacket packet, NodeKey peer, PeerUsage usage, long now)
            throws MalformedException {
        parse(packet);
        if (entries.find(packet) instanceof ConnectRequest waiting) {
            onSegment(waiting, packet, peer, usage, now);
        } else {
            onStray(packet, peer, usage, now);
        }
    }

    private void parse(IpPacket packet) throws MalformedException {
        int from = packet.transportOffset();
        int length = packet.transportLength();
        long sum = Checksum.pseudoHeader(packet, IpProtocol.TCP, length);
        if (Checksum.finish(sum + Checksum.sum(packet.bytes(), from, length)) != 0) {
            throw new MalformedException("TCP checksum");
        }
        segment.parse(packet.bytes(), from, packet.end());
    }

    private void onSegment(
            ConnectRequest waiting, IpPacket packet, NodeKey peer, PeerUsage usage, long now)
            throws MalformedException {
        int firstSeq = syn(waiting).seq();
        if (segment.has(TcpSegment.RST)) {
            if (segment.seq() == firstSeq || segment.seq() == firstSeq + 1) {
                cancel(waiting);
            }
        } else if (segment.has(TcpSegment.ACK)) {
            reset(packet, usage, now);
        } else if (segment.seq() == firstSeq) {
            waiting.repeated(now);
        } else {
            // the peer has begun anew with the same port
            cancel(waiting);
            onStray(packet, peer, usage, now);
        }
    }

    /// A segment without a connection: of one that is over, for a new one, or for nobody.
    private void onStray(IpPacket packet, NodeKey peer, PeerUsage usage, long now) {
        TimeWait timeWait = timeWaits.size() == 0 ? null : timeWaits.find(packet);
        if (timeWait != null) {
            if (timeWait.onSegment(segment, now, sink) == TimeWait.Verdict.HANDLED) {
                timeWaits.restarted(timeWait);
                return;
            }
        }
        if (segment.has(TcpSegment.RST)) {
            return;
        }
        TcpListener listener = listeners.find(packet.dst(), packet.dstPort());
        if (listener == null || segment.has(TcpSegment.ACK)) {
            reset(packet, usage, now);
        } else if (limits.mayOpen(usage, now)) {
            onRequest(listener, packet, peer, usage, now);
        }
    }

    private void reset(IpPacket packet, PeerUsage usage, long now) {
        if (limits.mayReset(usage, now)) {
            TcpReset.answer(sink, flow(packet), segment);
        }
    }

    private void onRequest(
            TcpListener listener, IpPacket packet, NodeKey peer, PeerUsage usage, long now) {
        byte[] syn = new byte[packet.transportLength() - segment.payloadLength()];
        packet.bytes().get(packet.transportOffset(), syn);
        ConnectRequest asked =
                new ConnectRequest(this, listener, flow(packet), peer, usage, syn, now);
        entries.put(asked);
        timers.touch(asked);
        requests++;
        limits.opened(usage);
        notices.add(new Notice.Request(asked));
    }

    private static Flow flow(IpPacket packet) {
        return new Flow(packet.dst(), packet.dstPort(), packet.src(), packet.srcPort());
    }

    private TcpSegment syn(ConnectRequest from) {
        try {
            return request.parse(ByteBuffer.wrap(from.syn()), 0, from.syn().length);
        } catch (MalformedException e) {
            throw new IllegalStateException("a SYN that was read before", e);
        }
    }

    TcpStream accept(ConnectRequest from, StreamHandler handler, long now) {
        take(from);
        TcpStream stream = new TcpStream(this, from.flow(), from.peer(), from.usage(), handler);
        entries.put(stream);
        InitialNumbers.Start start = start(from.flow(), now);
        stream.start(
                TcpConnection.accept(
                        config, from.flow(), syn(from), start, budget, now, stream.output()));
        tellPath(stream, now);
        return stream;
    }

    /// Where a connection begins; if its 4-tuple was used a moment ago, above what was used then.
    private InitialNumbers.Start start(Flow flow, long now) {
        InitialNumbers.Start hashed = numbers.start(flow, now);
        TimeWait before = timeWaits.find(flow);
        if (before == null) {
            return hashed;
        }
        timeWaits.remove(before);
        return before.sequenceAbove(hashed);
    }

    void refuse(ConnectRequest from) {
        TcpReset.answer(sink, from.flow(), syn(from));
        forget(from);
    }

    void cancel(ConnectRequest from) {
        forget(from);
        notices.add(new Notice.Cancelled(from));
    }

    void forget(ConnectRequest from) {
        take(from);
        limits.closed(from.usage(), true);
    }

    private void take(ConnectRequest from) {
        from.decided();
        entries.remove(from.flow());
        timers.remove(from);
        requests--;
    }

    Optional<TcpListener> listen(Optional<IpAddress> ip, int port, TcpListener.Handler handler) {
        TcpListener listener = new TcpListener(this, ip, port, handler);
        return listeners.bind(ip, port, listener) ? Optional.of(listener) : Optional.empty();
    }

    void close(TcpListener listener, long now) {
        if (!listeners.holders().contains(listener)) {
            return;
        }
        listeners.release(listener.ip(), listener.port());
        for (TcpEntry entry : entries.entries()) {
            if (entry instanceof ConnectRequest waiting && waiting.listener() == listener) {
                refuse(waiting);
                notices.add(new Notice.Cancelled(waiting));
            }
        }
    }

    /// Opens a connection; empty if there are too many, or no port is free.
    Optional<TcpStream> connect(
            IpAddress local, IpPort remote, NodeKey peer, StreamHandler handler, long now) {
        OptionalInt port = ports.choose(local, remote, flow -> isFree(flow, now));
        if (port.isEmpty() || !limits.mayConnect()) {
            return Optional.empty();
        }
        Flow flow = new Flow(local, port.getAsInt(), remote.ip(), remote.port());
        TcpStream stream = new TcpStream(this, flow, peer, null, handler);
        entries.put(stream);
        limits.connecting();
        stream.start(
                TcpConnection.connect(
                        config, flow, start(flow, now), budget, now, stream.output()));
        tellPath(stream, now);
        return Optional.of(stream);
    }

    private void tellPath(TcpStream stream, long now) {
        if (relayed.contains(stream.peer())) {
            stream.connection().onPathChange(PathKind.RELAYED, now);
        }
    }

    void onPathChange(NodeKey peer, PathKind kind, long now) {
        switch (kind) {
            case DIRECT -> relayed.remove(peer);
            case RELAYED -> relayed.add(peer);
        }
        for (TcpStream stream : streams()) {
            if (stream.peer().equals(peer)) {
                stream.connection().onPathChange(kind, now);
                stream.touch();
            }
        }
    }

    void forget(NodeKey peer) {
        relayed.remove(peer);
    }

    private boolean isFree(Flow flow, long now) {
        TimeWait before = timeWaits.find(flow);
        return entries.find(flow) == null && (before == null || before.reusableAt(now));
    }

    /// The stream that one of our packets belonged to.
    @Nullable TcpStream find(Flow flow) {
        return entries.find(flow) instanceof TcpStream stream ? stream : null;
    }

    List<TcpStream> streams() {
        List<TcpStream> streams = new ArrayList<>();
        for (TcpEntry entry : entries.entries()) {
            if (entry instanceof TcpStream stream) {
                streams.add(stream);
            }
        }
        return streams;
    }

    PacketSink sink() {
        return sink;
    }

    void touched(TcpStream stream) {
        touched.add(stream);
    }

    void schedule(TcpStream stream) {
        timers.touch(stream);
    }

    void tell(TcpStream stream, TcpEvent event) {
        notices.add(new Notice.Event(stream, event));
    }

    void onConnected(TcpStream stream) {
        limits.connected(stream.usage());
    }

    void onClosed(TcpStream stream, TcpEvent.Closed closed) {
        entries.remove(stream.flow());
        timers.remove(stream);
        limits.closed(stream.usage(), stream.isHandshaking());
        closed.timeWait().ifPresent(timeWaits::add);
    }

    /// Sends, acknowledges, and tells owners what happened, until nothing more follows. Should one of them fail, the others have their turn in the next batch.
    void endOfBatch(long now) {
        for (int round = 0; round < MOST_ROUNDS && hasWork(); round++) {
            for (int count = touched.size(); count > 0; count--) {
                touched.remove().endOfBatch(now, budget);
            }
            for (int count = notices.size(); count > 0; count--) {
                tell(notices.remove());
            }
        }
        budget.trim(now);
    }

    private boolean hasWork() {
        return !touched.isEmpty() || !notices.isEmpty();
    }

    private static void tell(Notice notice) {
        switch (notice) {
            case Notice.Event(TcpStream stream, TcpEvent event) -> stream.tell(event);
            case Notice.Request(ConnectRequest asked) -> {
                if (asked.isOpen()) {
                    asked.listener().handler().onRequest(asked);
                }
            }
            case Notice.Cancelled(ConnectRequest gone) ->
                    gone.listener().handler().onCancelled(gone);
        }
    }

    long nextDeadline() {
        long connections = Math.min(timers.next(), timeWaits.nextDeadline());
        return hasWork() ? 0 : Math.min(connections, budget.nextTrim());
    }

    void onTimer(long now) {
        timers.run(now);
        timeWaits.onTimer(now);
    }

    int requests() {
        return requests;
    }

    int size() {
        return entries.size();
    }

    ConnectionLimits limits() {
        return limits;
    }

    TimeWaitTable timeWaits() {
        return timeWaits;
    }

    MemoryBudget budget() {
        return budget;
    }

    int timers() {
        return timers.size();
    }
}
