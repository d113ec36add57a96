package dev.remora.proto.tcp;

/// May a segment in a synchronized state be used? The checks of RFC 9293 §3.10.7.4 in their order, with RFC 5961 against
/// blind attacks and PAWS (RFC 7323 §5.3). That it has an ACK where it needs one, [TcpSegment#parse] has seen to.
final class InputCheck {
    private InputCheck() {}

    enum Verdict {
        ACCEPT,
        /// Drop it without a word.
        DROP,
        /// Drop it and say where we are, not too often.
        CHALLENGE,
        /// It repeats what we have: drop it, and say so at once.
        REPEATED,
        /// The peer has reset the connection.
        RESET
    }

    /// @param seq offset of the segment's first byte
    static Verdict check(TcpSegment segment, long seq, Receiver receiver, long now) {
        boolean reset = segment.has(TcpSegment.RST);
        if (!reset && receiver.isOld(segment, now)) {
            return segment.payloadLength() > 0 ? Verdict.REPEATED : Verdict.CHALLENGE;
        }
        if (!acceptable(segment, seq, receiver)) {
            return reset ? Verdict.DROP : unacceptable(segment, seq, receiver);
        }
        if (reset) {
            return seq == receiver.next() ? Verdict.RESET : Verdict.CHALLENGE;
        }
        if (segment.has(TcpSegment.SYN)) {
            return Verdict.CHALLENGE;
        }
        return receiver.timestampMissing(segment) ? Verdict.DROP : Verdict.ACCEPT;
    }

    /// RFC 5961 §5.2: an acknowledgement of what was not sent, or of what is older than the largest window, is no
    /// acknowledgement of ours.
    static boolean plausibleAck(long ack, Sender sender) {
        return ack <= sender.nxt() && ack >= sender.una() - sender.window().largest();
    }

    /// The four cases of step 1. An empty segment right at the edge is taken too: it comes from a peer that has filled the
    /// window and of which something was lost on the way.
    private static boolean acceptable(TcpSegment segment, long seq, Receiver receiver) {
        long next = receiver.next();
        long edge = receiver.edge();
        int length = segment.length();
        if (length == 0) {
            return seq == next || next <= seq && seq <= edge;
        }
        if (edge <= next) {
            return seq == next;
        }
        long last = seq + length - 1;
        return next <= seq && seq < edge
                || next <= last && last < edge
                || seq < next && last >= edge;
    }

    private static Verdict unacceptable(TcpSegment segment, long seq, Receiver receiver) {
        boolean old = seq < receiver.next() && !segment.has(TcpSegment.SYN);
        return old && segment.length() > 0 ? Verdict.REPEATED : Verdict.CHALLENGE;
    }
}
