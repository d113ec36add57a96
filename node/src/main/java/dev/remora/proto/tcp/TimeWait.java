package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.proto.ip.PacketSink;

/// What remains of a connection that we closed first: enough to answer a repeated FIN, and to tell a new connection over
/// the same 4-tuple from an old segment (RFC 9293 §3.10.7.4, RFC 1337, RFC 6191). Kept by the stack for [#LENGTH].
public final class TimeWait {
    /// How long, twice the maximum segment lifetime as everyone takes it.
    public static final long LENGTH = SECONDS.toNanos(60);

    /// RFC 1122 §4.2.2.13 asks only for "larger"; old segments within a window of the last must not fit either.
    private static final int SEQUENCE_STEP = 65_537;

    private final Flow flow;
    private final int sndNxt;
    private final int rcvNxt;
    private final int windowField;
    private final TimestampClock clock;
    private final boolean timestamps;
    private final ChallengeLimit limit = new ChallengeLimit();
    private int tsRecent;
    private long endsAt;

    /// What to do with a segment for the 4-tuple.
    public enum Verdict {
        /// It was dealt with.
        HANDLED,
        /// It is the SYN of a new connection: forget this record and treat it as any SYN, with [#sequenceAbove].
        NEW_CONNECTION
    }

    TimeWait(
            Flow flow,
            int sndNxt,
            int rcvNxt,
            int windowField,
            boolean timestamps,
            int tsRecent,
            TimestampClock clock,
            long now) {
        this.flow = flow;
        this.sndNxt = sndNxt;
        this.rcvNxt = rcvNxt;
        this.windowField = windowField;
        this.timestamps = timestamps;
        this.tsRecent = tsRecent;
        this.clock = clock;
        endsAt = now + LENGTH;
    }

    public Flow flow() {
        return flow;
    }

    /// When the record may be forgotten.
    public long endsAt() {
        return endsAt;
    }

    public Verdict onSegment(TcpSegment segment, long now, PacketSink sink) {
        if (segment.has(TcpSegment.RST)) {
            return Verdict.HANDLED;
        }
        if (segment.has(TcpSegment.SYN) && !segment.has(TcpSegment.ACK) && isNewer(segment)) {
            return Verdict.NEW_CONNECTION;
        }
        if (segment.has(TcpSegment.FIN) && !isOlder(segment)) {
            endsAt = now + LENGTH;
            acknowledge(now, sink);
        } else if (segment.length() > 0 && limit.allow(now)) {
            acknowledge(now, sink);
        }
        return Verdict.HANDLED;
    }

    private boolean isNewer(TcpSegment syn) {
        return timestamps && syn.hasTimestamps()
                ? Seq.before(tsRecent, syn.tsValue())
                : Seq.before(rcvNxt, syn.seq());
    }

    private boolean isOlder(TcpSegment segment) {
        return timestamps && segment.hasTimestamps() && Seq.before(segment.tsValue(), tsRecent);
    }

    private void acknowledge(long now, PacketSink sink) {
        SegmentWriter writer = new SegmentWriter(flow);
        writer.stamp(rcvNxt, windowField);
        if (timestamps) {
            writer.timestamps(clock.at(now), tsRecent);
        }
        writer.control(sink, TcpSegment.ACK, sndNxt);
    }

    /// The start of the connection that follows: the hashed sequence number may lie below what the old one
    /// reached, because data can be faster than the clock in it.
    public InitialNumbers.Start sequenceAbove(InitialNumbers.Start hashed) {
        int above = sndNxt + SEQUENCE_STEP;
        return Seq.before(hashed.sequence(), above)
                ? new InitialNumbers.Start(above, hashed.timestampOffset())
                : hashed;
    }

    /// Whether an outgoing connection may take over the 4-tuple: only with timestamps, and a second later, so that every
    /// segment of the new one is newer than any of the old.
    public boolean reusableAt(long now) {
        return timestamps && now >= endsAt - LENGTH + SECONDS.toNanos(1);
    }
}
