package dev.remora.proto.tcp;

/// Both directions of a connection whose peer is known, and what takes both to say: acknowledgements, resets, whether a
/// segment fits.
final class Halves {
    private final Wiring wiring;
    private final Receiver receiver;
    private final Sender sender;
    private final RttEstimator rtt;
    private final Negotiated options;
    private final ChallengeLimit challenges = new ChallengeLimit();

    Halves(Wiring wiring, Receiver receiver, Sender sender, RttEstimator rtt, Negotiated options) {
        this.wiring = wiring;
        this.receiver = receiver;
        this.sender = sender;
        this.rtt = rtt;
        this.options = options;
    }

    Receiver receiver() {
        return receiver;
    }

    Sender sender() {
        return sender;
    }

    Negotiated options() {
        return options;
    }

    /// The handshake is done.
    void establish(TcpSegment last, Handshake handshake, PathKind path, long now) {
        handshake.finish(last, options.timestamps(), rtt, now);
        receiver.establish(options, rtt.srtt());
        sender.establish(last, handshake.initialSegments(), path, now);
    }

    /// Header prediction: the next bytes in order, nothing unusual about them. Passing these few tests implies all of
    /// [InputCheck].
    boolean predicts(TcpSegment segment) {
        return (segment.flags() & ~TcpSegment.PSH) == TcpSegment.ACK
                && receiver.expects(segment)
                && sender.expects(segment.ack());
    }

    /// Checks a segment and answers it if it may not be used; ACCEPT and RESET are for the caller to act on.
    InputCheck.Verdict check(TcpSegment segment, long now, TcpOut out) {
        long seq = receiver.unwrap(segment.seq());
        InputCheck.Verdict verdict = InputCheck.check(segment, seq, receiver, now);
        if (verdict == InputCheck.Verdict.CHALLENGE) {
            challenge(now, out);
        } else if (verdict == InputCheck.Verdict.REPEATED && receiver.onRepeated(segment, seq)) {
            acknowledge(now, out);
        }
        return verdict;
    }

    /// Whether a segment acknowledges what we can have sent; challenges it if not.
    boolean acknowledgesOurs(TcpSegment segment, long now, TcpOut out) {
        boolean plausible = InputCheck.plausibleAck(sender.unwrap(segment.ack()), sender);
        if (!plausible) {
            challenge(now, out);
        }
        return plausible;
    }

    private void challenge(long now, TcpOut out) {
        if (challenges.allow(now)) {
            acknowledge(now, out);
        }
    }

    void acknowledge(long now, TcpOut out) {
        receiver.stamp(wiring.writer(), now);
        wiring.writer().acknowledgement(out, nxtOnWire(), receiver.sackBlocks());
        receiver.onAckSent();
    }

    void reset(long now, TcpOut out) {
        receiver.stamp(wiring.writer(), now);
        wiring.writer().control(out, TcpSegment.RST | TcpSegment.ACK, nxtOnWire());
    }

    TimeWait timeWait(long now) {
        return new TimeWait(
                wiring.writer().flow(),
                nxtOnWire(),
                receiver.nextOnWire(),
                receiver.windowField(),
                options.timestamps(),
                receiver.tsRecent(),
                wiring.clock(),
                now);
    }

    private int nxtOnWire() {
        return Seq.wire(wiring.iss(), sender.nxt());
    }
}
