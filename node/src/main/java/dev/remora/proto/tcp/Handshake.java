package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;

import org.jspecify.annotations.Nullable;

/// Sends our SYN or SYN,ACK and repeats it: after 1, 3, 7 … seconds. Makes both halves of the connection from what the
/// peer's SYN says.
final class Handshake {
    private static final long FIRST_RETRY = SECONDS.toNanos(1);

    private final Wiring wiring;
    private final Flow flow;
    private final boolean passive;
    private int repeats;
    private long firstSentAt;

    /// @param passive the peer asked first
    Handshake(Wiring wiring, Flow flow, boolean passive) {
        this.wiring = wiring;
        this.flow = flow;
        this.passive = passive;
    }

    boolean passive() {
        return passive;
    }

    void sendSyn(ReceiveWindow window, long now, TcpOut out) {
        TcpConfig config = wiring.config();
        TcpConfig.Features features = config.features();
        wiring.writer().stamp(0, window.synField(1));
        if (features.timestamps()) {
            wiring.writer().timestamps(wiring.clock().at(now), 0);
        }
        wiring.writer()
                .syn(
                        out,
                        TcpSegment.SYN,
                        wiring.iss(),
                        config.mss(flow),
                        features.sack(),
                        config.windowShift());
        arm(now);
    }

    Halves onSyn(TcpSegment syn, ReceiveWindow window, SendQueue queue, long now) {
        Negotiated options = Negotiated.from(syn, wiring.config(), flow);
        RttEstimator rtt = new RttEstimator(wiring.config().patience().minRto());
        Receiver receiver = new Receiver(wiring, window, syn, options, now);
        Sender sender = new Sender(wiring, receiver, queue, options, rtt);
        return new Halves(wiring, receiver, sender, rtt, options);
    }

    /// @param asked what the peer's SYN had, and so may be answered
    void sendSynAck(
            Receiver receiver, ReceiveWindow window, Negotiated asked, long now, TcpOut out) {
        wiring.writer().stamp(Seq.wire(receiver.initialSequence(), 1), window.synField(1));
        if (asked.timestamps()) {
            wiring.writer().timestamps(wiring.clock().at(now), receiver.tsRecent());
        }
        int flags = TcpSegment.SYN | TcpSegment.ACK;
        int mss = wiring.config().mss(flow);
        int shift = asked.scaled() ? asked.receiveShift() : -1;
        wiring.writer().syn(out, flags, wiring.iss(), mss, asked.sack(), shift);
        arm(now);
    }

    private void arm(long now) {
        if (firstSentAt == 0) {
            firstSentAt = now;
        }
        wiring.timers().set(Timer.HANDSHAKE, now + (FIRST_RETRY << Math.min(repeats, 6)));
    }

    /// The timer fired: says the same again, unless there is no point in trying any more.
    boolean repeat(@Nullable Halves halves, ReceiveWindow window, long now, TcpOut out) {
        TcpConfig.Patience patience = wiring.config().patience();
        if (++repeats > (passive ? patience.synAckRetries() : patience.synRetries())) {
            return false;
        }
        if (halves == null) {
            sendSyn(window, now, out);
        } else {
            sendSynAck(halves.receiver(), window, halves.options(), now, out);
        }
        return true;
    }

    int repeats() {
        return repeats;
    }

    /// The peer has answered: what we know of the round trip goes to the estimator.
    void finish(TcpSegment answer, boolean timestamps, RttEstimator rtt, long now) {
        wiring.timers().clear(Timer.HANDSHAKE);
        if (repeats == 0) {
            rtt.sample(Math.max(now - firstSentAt, 1), 1, 1);
        } else if (timestamps) {
            // The peer may have answered our first SYN, and may have had to repeat that answer.
            long sample = wiring.clock().since(answer.tsEcho(), now);
            if (0 < sample && sample < FIRST_RETRY) {
                rtt.sample(sample, 1, 1);
            }
        }
        if (repeats > 0) {
            rtt.afterSynTimeout();
        }
    }

    /// RFC 5681 §3.1: if SYNs were lost, the path gets one segment first; a single loss may be the tunnel's own
    /// handshake and does not count.
    int initialSegments() {
        return repeats > 1 ? 1 : CongestionControl.INITIAL_SEGMENTS;
    }
}
