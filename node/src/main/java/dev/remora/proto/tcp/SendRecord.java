package dev.remora.proto.tcp;

import org.jspecify.annotations.Nullable;

/// One segment in flight: what it covers in sequence space, when it went out, and what became of it. Records are used
/// again by [SendRecords], so that sending allocates nothing.
final class SendRecord {
    long start;
    long end;

    /// When it last went out.
    long sentAt;

    /// It went out more than once.
    boolean retransmitted;

    /// When it went out for the second time, if it did.
    long repeatedAt;

    /// The peer has it, though not everything before it.
    boolean sacked;

    /// Believed to have left the network; to be sent again.
    boolean lost;

    /// Neighbours in order of `sentAt`, among the records that are in flight.
    @Nullable SendRecord earlier;

    @Nullable SendRecord later;

    int length() {
        return (int) (end - start);
    }

    boolean inFlight() {
        return !sacked && !lost;
    }

    void reset(long from, long to, long now) {
        start = from;
        end = to;
        sentAt = now;
        retransmitted = false;
        sacked = false;
        lost = false;
    }
}
