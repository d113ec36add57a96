package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.DAYS;

import dev.remora.base.Deadlines;
import java.nio.ByteBuffer;

/// The receiving half of a connection: from acceptable segments to bytes in order, and what we tell the peer about it.
final class Receiver {
    /// RFC 7323 §5.5: after this long without a segment, TS.Recent says nothing any more.
    private static final long TS_RECENT_LIFE = DAYS.toNanos(24);

    private static final long NO_FIN = Long.MAX_VALUE;
    private static final TcpEvent READABLE = new TcpEvent.Readable();

    private final TcpConnection connection;
    private final Deadlines<Timer> timers;
    private final TimestampClock clock;
    private final int irs;
    private final ReceiveQueue queue;
    private final ReceiveWindow window;
    private final SackBlocks sackBlocks;
    private final AckPolicy acks = new AckPolicy();

    private boolean timestamps;
    private int tsRecent;
    private long tsRecentAt;
    private long lastAckSent = 1;
    private long finAt = NO_FIN;
    private boolean finished;

    Receiver(Wiring wiring, ReceiveWindow window, TcpSegment syn, Negotiated options, long now) {
        this.window = window;
        connection = wiring.connection();
        timers = wiring.timers();
        clock = wiring.clock();
        queue = new ReceiveQueue(wiring.memory(), 1);
        irs = syn.seq();
        sackBlocks = new SackBlocks(queue.ahead(), irs);
        tsRecent = syn.hasTimestamps() ? syn.tsValue() : 0;
        tsRecentAt = now;
        timestamps = options.timestamps();
        sackBlocks.enable(options.sack());
    }

    /// The handshake is done: windows are scaled from now on.
    void establish(Negotiated options, long srtt) {
        window.scale(options.receiveShift());
        if (srtt > 0) {
            window.rttSample(srtt);
        }
    }

    int initialSequence() {
        return irs;
    }

    /// RCV.NXT: what we acknowledge.
    long next() {
        return finished ? queue.next() + 1 : queue.next();
    }

    /// RCV.NXT + RCV.WND, as the peer has been told.
    long edge() {
        return window.edge();
    }

    int tsRecent() {
        return tsRecent;
    }

    boolean nothingAhead() {
        return queue.ahead().isEmpty();
    }

    boolean finished() {
        return finished;
    }

    int readable() {
        return queue.readable();
    }

    int nextOnWire() {
        return Seq.wire(irs, next());
    }

    /// Header prediction: the segment begins where the last one ended, fits the window, is not older, and nothing waits for
    /// a gap to be filled.
    boolean expects(TcpSegment segment) {
        return segment.seq() == nextOnWire()
                && segment.payloadLength() <= window.edge() - next()
                && nothingAhead()
                && (!timestamps
                        || segment.hasTimestamps() && !Seq.before(segment.tsValue(), tsRecent));
    }

    /// The offset that `wire` stands for.
    long unwrap(int wire) {
        return Seq.unwrap(irs, wire, queue.next());
    }

    /// PAWS (RFC 7323 §5.3): the segment is older than one that was accepted.
    boolean isOld(TcpSegment segment, long now) {
        return timestamps
                && segment.hasTimestamps()
                && Seq.before(segment.tsValue(), tsRecent)
                && now - tsRecentAt < TS_RECENT_LIFE;
    }

    boolean timestampMissing(TcpSegment segment) {
        return timestamps && !segment.hasTimestamps();
    }

    /// RFC 7323 §4.3: a delayed acknowledgement echoes the oldest segment it covers.
    void noteTimestamp(TcpSegment segment, long seq, long now) {
        if (timestamps && seq <= lastAckSent && !Seq.before(segment.tsValue(), tsRecent)) {
            tsRecent = segment.tsValue();
            tsRecentAt = now;
        }
    }

    /// Takes payload and FIN of an acceptable segment that starts at `seq`. True if our acknowledgement must not wait for
    /// the end of the batch.
    boolean onText(TcpSegment segment, long seq, long now, TcpOut out) {
        long end = Math.min(seq + segment.payloadLength(), window.edge());
        boolean whole = end == seq + segment.payloadLength();
        if (segment.has(TcpSegment.FIN) && whole) {
            finAt = Math.min(finAt, end);
        }
        end = Math.min(end, finAt);
        boolean ackNow = false;
        if (end > seq) {
            ackNow = onPayload(segment, seq, end, now, out);
        } else if (segment.payloadLength() > 0) {
            acks.atOnce();
        }
        noteFin(segment);
        return ackNow || acks.dueInBatch(window.growing());
    }

    private boolean onPayload(TcpSegment segment, long seq, long end, long now, TcpOut out) {
        long from = Math.max(seq, queue.next());
        if (end <= queue.next() || queue.ahead().covers(from, end)) {
            return onDuplicate(seq, end);
        }
        if (from > seq) {
            onDuplicate(seq, from);
        }
        ByteBuffer payload = segment.payload((int) (from - seq), (int) (end - from));
        if (from > queue.next()) {
            queue.store(from, payload);
            return acks.onOutOfOrder();
        }
        int length = payload.remaining();
        if (inOrder(payload, now, out)) {
            acks.onInOrder(length, segment.has(TcpSegment.PSH), now);
            timers.setIfUnset(Timer.DELAYED_ACK, now + AckPolicy.DELAY);
            sampleRtt(segment, now);
        } else {
            acks.atOnce();
        }
        return false;
    }

    /// Hands bytes in order to the owner, stores what it leaves. False if the rest could not be stored.
    private boolean inOrder(ByteBuffer payload, long now, TcpOut out) {
        if (queue.readable() > 0) {
            return queue.store(queue.next(), payload);
        }
        int end = payload.limit();
        long gapEnd = queue.next() + queue.gap();
        if (!nothingAhead()) {
            acks.atOnce();
        }
        payload.limit(
                Math.min(end, payload.position() + Math.min(queue.gap(), payload.remaining())));
        boolean keepsUp = deliver(payload, now, out);
        payload.limit(end);
        if (keepsUp) {
            // Behind the gap come bytes that are stored already.
            int known = (int) Math.max(queue.next() - gapEnd, 0);
            payload.position(Math.min(end, payload.position() + known));
        }
        boolean stored = !payload.hasRemaining() || queue.store(queue.next(), payload);
        if (keepsUp) {
            offerStored(now, out);
        } else if (stored) {
            out.on(connection, READABLE);
        }
        return stored;
    }

    /// Offers bytes out of a packet. True if the owner took them all.
    private boolean deliver(ByteBuffer payload, long now, TcpOut out) {
        int offered = payload.remaining();
        out.deliver(connection, payload);
        queue.passed(offered - payload.remaining());
        window.onConsumed(queue.read(), now);
        return !payload.hasRemaining();
    }

    /// A gap is filled and the owner was not behind: what came ahead goes the same way as what comes in order.
    private void offerStored(long now, TcpOut out) {
        while (queue.readable() > 0) {
            ByteBuffer bytes = queue.peek();
            int length = bytes.remaining();
            out.deliver(connection, bytes);
            int taken = length - bytes.remaining();
            queue.consume(taken);
            window.onConsumed(queue.read(), now);
            if (taken < length) {
                out.on(connection, READABLE);
                return;
            }
        }
    }

    /// An unacceptable segment carries what we have already. True if that is to be said at once.
    boolean onRepeated(TcpSegment segment, long seq) {
        return onDuplicate(seq, seq + segment.payloadLength());
    }

    private boolean onDuplicate(long left, long right) {
        sackBlocks.duplicate(left, right);
        return acks.onOutOfOrder();
    }

    private void noteFin(TcpSegment segment) {
        if (!finished && finAt == queue.next()) {
            finished = true;
            queue.ahead().clear();
            acks.atOnce();
        } else if (segment.has(TcpSegment.FIN)) {
            acks.atOnce();
        }
    }

    /// The round trip as a receiver sees it (tcp auto-tuning): only while the owner keeps up, since else the peer may have
    /// been waiting for the window.
    private void sampleRtt(TcpSegment segment, long now) {
        if (timestamps && queue.readable() == 0) {
            window.rttSample(clock.since(segment.tsEcho(), now));
        }
    }

    ByteBuffer peek() {
        return queue.peek();
    }

    /// The owner has taken `length` stored bytes. True if the peer should hear of the room.
    boolean consume(int length, long now) {
        queue.consume(length);
        window.onConsumed(queue.read(), now);
        return !finished && window.worthUpdate(queue.next(), queue.read());
    }

    /// Sets acknowledgement, window and timestamps of the segments that go out next.
    void stamp(SegmentWriter writer, long now) {
        writer.stamp(nextOnWire(), window.field(queue.next(), queue.read()));
        if (timestamps) {
            writer.timestamps(clock.at(now), tsRecent);
        }
    }

    /// The window field as it would be said again, for the TIME-WAIT record.
    int windowField() {
        return window.field(queue.next(), queue.read());
    }

    SackBlocks sackBlocks() {
        return sackBlocks;
    }

    AckPolicy acks() {
        return acks;
    }

    /// A segment with the current acknowledgement number went out.
    void onAckSent() {
        lastAckSent = next();
        acks.onAckSent();
        timers.clear(Timer.DELAYED_ACK);
    }

    /// Data went out and carried the current acknowledgement number, but no SACK blocks.
    void onPiggyback() {
        if (sackBlocks.nothingToSay()) {
            onAckSent();
        } else {
            lastAckSent = next();
        }
    }

    void release() {
        queue.releaseAll();
    }
}
