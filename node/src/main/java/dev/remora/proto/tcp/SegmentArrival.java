package dev.remora.proto.tcp;

import dev.remora.proto.tcp.TcpEvent.Reason;

/// What a segment does to a connection, state by state (RFC 9293 §3.10.7, "SEGMENT ARRIVES").
final class SegmentArrival {
    private static final TcpEvent CONNECTED = new TcpEvent.Connected();

    private final TcpConnection connection;
    private final Wiring wiring;
    private final Handshake handshake;
    private final KeepAlive keepAlive;
    private final Ending ending;
    private final SendQueue sendQueue;
    private final ReceiveWindow receiveWindow;

    SegmentArrival(
            Wiring wiring,
            Handshake handshake,
            KeepAlive keepAlive,
            Ending ending,
            SendQueue sendQueue,
            ReceiveWindow receiveWindow) {
        this.connection = wiring.connection();
        this.wiring = wiring;
        this.handshake = handshake;
        this.keepAlive = keepAlive;
        this.ending = ending;
        this.sendQueue = sendQueue;
        this.receiveWindow = receiveWindow;
    }

    void onSegment(TcpSegment segment, long now, TcpOut out) {
        switch (connection.state()) {
            case CLOSED, TIME_WAIT -> {}
            case SYN_SENT -> onSegmentInSynSent(segment, now, out);
            case SYN_RECEIVED -> onSegmentInSynReceived(segment, connection.halves(), now, out);
            case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK ->
                    onSegment(segment, connection.halves(), now, out);
        }
    }

    private void onSegmentInSynSent(TcpSegment segment, long now, TcpOut out) {
        boolean acks = segment.has(TcpSegment.ACK);
        if (acks && segment.ack() != Seq.wire(wiring.iss(), 1)) {
            new SegmentWriter(connection.flow()).reset(out, segment);
        } else if (segment.has(TcpSegment.RST)) {
            if (acks) {
                ending.finish(Reason.REFUSED, out);
            }
        } else if (segment.has(TcpSegment.SYN)) {
            onSyn(segment, now, out);
            if (acks) {
                establish(segment, connection.halves(), now, out);
                connection.halves().receiver().acks().atOnce();
            }
        }
    }

    void onSyn(TcpSegment syn, long now, TcpOut out) {
        Halves h = handshake.onSyn(syn, receiveWindow, sendQueue, now);
        connection.onPeer(h);
        connection.become(TcpState.SYN_RECEIVED);
        if (!syn.has(TcpSegment.ACK)) {
            handshake.sendSynAck(h.receiver(), receiveWindow, h.options(), now, out);
        }
    }

    private void onSegmentInSynReceived(TcpSegment segment, Halves h, long now, TcpOut out) {
        boolean repeatsSyn =
                segment.has(TcpSegment.SYN) && segment.seq() == h.receiver().initialSequence();
        if (repeatsSyn && !segment.has(TcpSegment.ACK)) {
            handshake.sendSynAck(h.receiver(), receiveWindow, h.options(), now, out);
            return;
        }
        if (!repeatsSyn && !passes(segment, h, now, out)) {
            return;
        }
        if (segment.ack() != Seq.wire(wiring.iss(), 1)) {
            new SegmentWriter(connection.flow()).reset(out, segment);
            return;
        }
        establish(segment, h, now, out);
        if (repeatsSyn) {
            h.receiver().acks().atOnce();
        } else {
            process(segment, h, now, out);
        }
    }

    private void establish(TcpSegment segment, Halves h, long now, TcpOut out) {
        h.establish(segment, handshake, connection.path(), now);
        keepAlive.start(now);
        connection.become(TcpState.ESTABLISHED);
        out.on(connection, CONNECTED);
        ending.onEstablished(h);
    }

    private void onSegment(TcpSegment segment, Halves h, long now, TcpOut out) {
        keepAlive.onSegment(now);
        boolean predicted = wiring.config().features().headerPrediction() && h.predicts(segment);
        if (predicted || passes(segment, h, now, out) && h.acknowledgesOurs(segment, now, out)) {
            process(segment, h, now, out);
        }
    }

    /// Whether a segment may be used; everything else about it is done when this says no.
    private boolean passes(TcpSegment segment, Halves h, long now, TcpOut out) {
        return switch (h.check(segment, now, out)) {
            case ACCEPT -> true;
            case DROP, CHALLENGE, REPEATED -> false;
            case RESET -> {
                ending.finish(resetReason(), out);
                yield false;
            }
        };
    }

    private Reason resetReason() {
        return connection.state() == TcpState.SYN_RECEIVED && !handshake.passive()
                ? Reason.REFUSED
                : Reason.RESET;
    }

    /// Steps 5 to 8: acknowledgement, text, FIN.
    private void process(TcpSegment segment, Halves h, long now, TcpOut out) {
        long seq = h.receiver().unwrap(segment.seq());
        long ack = h.sender().unwrap(segment.ack());
        h.receiver().noteTimestamp(segment, seq, now);
        h.sender().onAck(segment, seq, ack, now);
        if (h.sender().finAcknowledged() && ending.onFinAcknowledged(h, now, out)) {
            return;
        }
        if (segment.payloadLength() == 0 && !segment.has(TcpSegment.FIN)) {
            return;
        }
        if (ending.orphaned() && segment.payloadLength() > 0) {
            // RFC 9293 §3.10.7.4 would let it in; nobody is there to read it (RFC 1122 §4.2.2.13).
            h.reset(now, out);
            ending.finish(Reason.ABORTED, out);
            return;
        }
        if (h.receiver().onText(segment, seq, now, out)) {
            h.acknowledge(now, out);
        }
        if (h.receiver().finished()) {
            ending.onPeerFinished(h, now, out);
        }
    }
}
