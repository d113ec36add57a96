package dev.remora.proto.tcp;

import dev.remora.base.Deadlines;
import dev.remora.proto.tcp.TcpEvent.Reason;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// One TCP connection (RFC 9293). Inputs are segments ([#onSegment], then once [#endOfBatch]), the owner's calls and time;
/// outputs are packets, bytes and events for [TcpOut].
///
/// The owner asks [#nextDeadline] after every call and calls [#onTimer] when it is due. After [TcpEvent.Closed]
/// nothing comes out any more and every call does nothing.
public final class TcpConnection {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static final TcpEvent WRITABLE = new TcpEvent.Writable();

    private final Flow flow;
    private final Wiring wiring;
    private final Deadlines<Timer> timers = new Deadlines<>(Timer.class);
    private final SendQueue sendQueue;
    private final SendRoom sendRoom;
    private final ReceiveWindow receiveWindow;
    private final Handshake handshake;
    private final KeepAlive keepAlive;
    private final Ending ending;
    private final SegmentArrival arrival;

    private TcpState state = TcpState.CLOSED;
    private PathKind path = PathKind.DIRECT;

    /// What there is once the peer's SYN is known.
    private @Nullable Halves halves;

    private TcpConnection(
            TcpConfig config,
            Flow flow,
            InitialNumbers.Start start,
            TcpMemory memory,
            boolean passive) {
        this.flow = flow;
        TimestampClock clock = new TimestampClock(start.timestampOffset());
        wiring =
                new Wiring(
                        this,
                        config,
                        start.sequence(),
                        clock,
                        timers,
                        memory,
                        new SegmentWriter(flow));
        sendQueue = new SendQueue(memory, 1);
        sendRoom = new SendRoom(config.buffers().maxSend(), memory, timers);
        receiveWindow = new ReceiveWindow(memory, config.buffers(), config.mss(flow));
        handshake = new Handshake(wiring, flow, passive);
        keepAlive = new KeepAlive(config.keepAlive(), timers);
        ending = new Ending(this, timers, sendQueue);
        arrival =
                new SegmentArrival(wiring, handshake, keepAlive, ending, sendQueue, receiveWindow);
    }

    /// Answers a SYN that was let in; the connection begins in SYN-RECEIVED.
    public static TcpConnection accept(
            TcpConfig config,
            Flow flow,
            TcpSegment syn,
            InitialNumbers.Start start,
            TcpMemory memory,
            long now,
            TcpOut out) {
        TcpConnection connection = new TcpConnection(config, flow, start, memory, true);
        connection.arrival.onSyn(syn, now, out);
        return connection;
    }

    /// Begins an active open: the connection begins in SYN-SENT.
    public static TcpConnection connect(
            TcpConfig config,
            Flow flow,
            InitialNumbers.Start start,
            TcpMemory memory,
            long now,
            TcpOut out) {
        TcpConnection connection = new TcpConnection(config, flow, start, memory, false);
        connection.become(TcpState.SYN_SENT);
        connection.handshake.sendSyn(connection.receiveWindow, now, out);
        return connection;
    }

    public Flow flow() {
        return flow;
    }

    public TcpState state() {
        return state;
    }

    /// Takes a segment of this connection. What follows from it may wait for [#endOfBatch].
    public void onSegment(TcpSegment segment, long now, TcpOut out) {
        arrival.onSegment(segment, now, out);
    }

    /// The segments of a wake-up are all in: judges losses, sends, acknowledges. Call it once for each connection that got
    /// segments.
    public void endOfBatch(long now, TcpOut out) {
        Halves h = halves;
        if (h == null || !state.synchronizedState() || state == TcpState.TIME_WAIT) {
            return;
        }
        h.sender().endOfBatch(now, out);
        if (h.receiver().acks().dueAtEnd()) {
            h.acknowledge(now, out);
        }
        if (sendRoom.opens(h.sender())) {
            out.on(this, WRITABLE);
        }
    }

    /// Bytes received in order that [TcpOut#deliver] did not take.
    public int readable() {
        return halves == null ? 0 : halves.receiver().readable();
    }

    /// The next stored bytes that lie together; empty if there are none. Valid until the next call; say with [#consume] how
    /// many were used.
    public ByteBuffer peek() {
        return readable() == 0 ? NOTHING : halves().receiver().peek();
    }

    /// Drops the first `length` stored bytes: the owner has them, the window may open.
    public void consume(int length, long now, TcpOut out) {
        if (length == 0) {
            return;
        }
        Halves h = halves();
        boolean tell = h.receiver().consume(length, now);
        if (tell && state.receives()) {
            h.acknowledge(now, out);
        }
        ending.onConsumed(h, out);
    }

    /// Copies stored bytes out and consumes them; the number of bytes, 0 if none are there.
    public int read(ByteBuffer into, long now, TcpOut out) {
        int copied = 0;
        while (into.hasRemaining() && readable() > 0) {
            ByteBuffer bytes = peek();
            int length = Math.min(bytes.remaining(), into.remaining());
            into.put(into.position(), bytes, bytes.position(), length)
                    .position(into.position() + length);
            consume(length, now, out);
            copied += length;
        }
        return copied;
    }

    /// How many bytes [#write] would take now, if memory allows.
    public long writable() {
        if (ending.finQueued() || !state.sends()) {
            return 0;
        }
        return halves == null || !state.synchronizedState()
                ? sendRoom.before(sendQueue.end() - 1)
                : sendRoom.of(halves.sender());
    }

    /// Queues bytes for sending, as many as there is room for, and advances the position of `src`. They go out with the next
    /// [#flush] or [#endOfBatch]. When not all were taken, a [TcpEvent.Writable] follows.
    public int write(ByteBuffer src, long now) {
        long room = writable();
        int taken = sendQueue.write(src, (int) Math.min(room, Integer.MAX_VALUE));
        if (src.hasRemaining() && !ending.finQueued()) {
            sendRoom.onShortWrite(taken < room, now);
        }
        return taken;
    }

    /// Sends what was written, as far as the windows allow.
    public void flush(long now, TcpOut out) {
        if (halves != null && state.synchronizedState() && state != TcpState.TIME_WAIT) {
            halves.sender().transmit(now, out);
        }
    }

    /// No more writes: a FIN follows what was written. The other direction stays open.
    public void shutdownOutput(long now, TcpOut out) {
        if (ending.shutdownOutput(halves)) {
            flush(now, out);
        }
    }

    /// The owner is done with both directions. What was written is still sent; bytes that nobody has read, or that come
    /// later, reset the connection.
    public void close(long now, TcpOut out) {
        if (state.over()) {
            ending.release(out);
        } else if (readable() > 0 || !state.synchronizedState()) {
            abort(now, out);
        } else {
            ending.orphan();
            shutdownOutput(now, out);
            ending.limitFinWait(now);
        }
    }

    /// Ends the connection at once with a RST; everything queued is dropped.
    public void abort(long now, TcpOut out) {
        if (state.over()) {
            ending.release(out);
            return;
        }
        if (halves != null) {
            halves.reset(now, out);
        }
        ending.finish(Reason.ABORTED, out);
    }

    /// When [#onTimer] is to be called, Long.MAX_VALUE for never.
    public long nextDeadline() {
        return timers.next();
    }

    /// Does what is due by now. To be called after [#endOfBatch] of the segments that are here already: what they say comes
    /// before what a timer would conclude from silence.
    public void onTimer(long now, TcpOut out) {
        Halves h = halves;
        if (timers.fires(Timer.HANDSHAKE, now)) {
            onHandshakeTimer(now, out);
        } else if (timers.fires(Timer.USER_TIMEOUT, now)) {
            ending.finish(Reason.TIMEOUT, out);
        } else if (timers.fires(Timer.FIN_WAIT, now)) {
            ending.finish(Reason.FINISHED, out);
        } else if (h != null) {
            onTimer(h, now, out);
        }
    }

    private void onTimer(Halves h, long now, TcpOut out) {
        h.sender().onTimer(now, out);
        if (timers.fires(Timer.DELAYED_ACK, now) && h.receiver().acks().pending()) {
            h.acknowledge(now, out);
        }
        boolean looksAgain = timers.fires(Timer.ROOM, now);
        if (looksAgain && sendRoom.opens(h.sender())) {
            out.on(this, WRITABLE);
        }
        if (timers.fires(Timer.KEEP_ALIVE, now)) {
            onKeepAliveTimer(h, now, out);
        }
    }

    private void onHandshakeTimer(long now, TcpOut out) {
        if (!handshake.repeat(halves, receiveWindow, now, out)) {
            ending.finish(Reason.TIMEOUT, out);
        }
    }

    private void onKeepAliveTimer(Halves h, long now, TcpOut out) {
        switch (keepAlive.onTimer(!h.sender().everythingAcknowledged(), now)) {
            case NONE -> {}
            case PROBE -> h.sender().keepAlive(now, out);
            case GIVE_UP -> ending.finish(Reason.TIMEOUT, out);
        }
    }

    /// The packets of this connection take another way from now on. Until this is called they count as [PathKind#DIRECT].
    public void onPathChange(PathKind kind, long now) {
        path = kind;
        if (halves != null && state.synchronizedState()) {
            halves.sender().onPathChange(kind, now);
        }
    }

    /// ICMP says that the peer cannot be reached. Only believed when it quotes something that is in flight (RFC 5927), and
    /// only fatal while connecting; an open connection waits for its timers.
    public void onUnreachable(int quotedSeq, long now, TcpOut out) {
        if (state == TcpState.SYN_SENT && quotedSeq == wiring.iss()) {
            ending.finish(Reason.REFUSED, out);
        }
    }

    /// The peer's node says that it let our SYN go no further; an open connection is nothing to it.
    public void onForbidden(TcpOut out) {
        if (state == TcpState.SYN_SENT) {
            ending.finish(Reason.FORBIDDEN, out);
        }
    }

    /// ICMP says that a packet of ours was too big for the path.
    public void onPacketTooBig(int quotedSeq, int mtu) {
        int least = flow.v4() ? 576 : 1280;
        if (halves != null && mtu >= least && halves.sender().isInFlight(quotedSeq)) {
            int options = halves.options().timestamps() ? TcpOptions.TIMESTAMPS_PADDED : 0;
            halves.sender().lowerMss(mtu - flow.ipHeaderLength() - TcpSegment.HEADER - options);
        }
    }

    void become(TcpState next) {
        state = next;
    }

    /// The peer's SYN is known.
    void onPeer(Halves known) {
        halves = known;
    }

    PathKind path() {
        return path;
    }

    /// Bytes that wait to be read go back to the budget.
    void dropUnread() {
        if (halves != null) {
            halves.receiver().release();
        }
    }

    Halves halves() {
        if (halves == null) {
            throw new IllegalStateException("the peer's SYN is not known in " + state);
        }
        return halves;
    }

    /// A look inside, for status and tests.
    public TcpStats stats() {
        return halves == null
                ? TcpStats.of(state, sendQueue.end() - 1)
                : TcpStats.of(state, halves.sender(), halves.receiver(), receiveWindow.size());
    }

    /// Recomputes what is kept as counters; for simulations.
    void checkCounters() {
        if (halves != null && state != TcpState.CLOSED) {
            halves.sender().recovery().records().check();
        }
    }

    @Override
    public String toString() {
        return "%s:%d %s:%d %s"
                .formatted(flow.local(), flow.localPort(), flow.remote(), flow.remotePort(), state);
    }
}
