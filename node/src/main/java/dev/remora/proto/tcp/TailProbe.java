package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

/// Tail loss probe (RFC 8985 §7): when acknowledgements stop, one segment is sent to provoke one, long before the
/// retransmission timer would empty the window.
final class TailProbe {
    private static final long WITHOUT_RTT = SECONDS.toNanos(1);
    private static final long MAX_ACK_DELAY = MILLISECONDS.toNanos(200);

    /// Below this a pause at the peer, not a loss, is what we would see.
    private static final long SHORTEST = MILLISECONDS.toNanos(2);

    private static final long NONE = -1;

    private long endSeq = NONE;
    private boolean isRetrans;

    /// The probe timeout, PTO.
    ///
    /// @param single exactly one segment is in flight, whose acknowledgement the peer may delay
    static long timeout(long srtt, boolean single) {
        if (srtt == 0) {
            return WITHOUT_RTT;
        }
        return Math.max(2 * srtt, SHORTEST) + (single ? MAX_ACK_DELAY : 0);
    }

    boolean outstanding() {
        return endSeq != NONE;
    }

    void onSent(long nxt, boolean retransmission) {
        endSeq = nxt;
        isRetrans = retransmission;
    }

    /// True if the probe repaired a loss, which nobody else noticed: one congestion response is due.
    ///
    /// @param dsack the acknowledgement reports a duplicate that ends where the probe did
    /// @param plainDuplicate it is a duplicate without any SACK option
    boolean onAck(long una, boolean dsack, boolean plainDuplicate) {
        if (endSeq == NONE || una < endSeq) {
            return false;
        }
        boolean repaired = isRetrans && !dsack && una > endSeq;
        if (!isRetrans || dsack || repaired || plainDuplicate) {
            endSeq = NONE;
        }
        return repaired;
    }

    void forget() {
        endSeq = NONE;
    }
}
