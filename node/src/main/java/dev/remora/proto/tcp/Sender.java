package dev.remora.proto.tcp;

import dev.remora.base.Deadlines;

/// The sending half of a connection: what goes out next, and the timers that see to it. What is lost is decided by
/// [LossRecovery], what the peer has room for by [PeerWindow].
final class Sender {
    private static final long NO_FIN = Long.MAX_VALUE;

    private final Wiring wiring;
    private final Deadlines<Timer> timers;
    private final Receiver receiver;
    private final SendQueue queue;
    private final RttEstimator rtt;
    private final CongestionControl congestion;
    private final LossRecovery recovery;
    private final SendRecords records;
    private final PeerWindow window;
    private final Pacer pacer;
    private final PathMss mss;
    private final SendTimers sendTimers;

    private long una = 1;
    private long nxt = 1;
    private long finAt = NO_FIN;
    private long lastSentAt;

    /// The last offset sent when the congestion window was found to be full.
    private long limitedAt;

    private boolean headFirst;

    Sender(
            Wiring wiring,
            Receiver receiver,
            SendQueue queue,
            Negotiated options,
            RttEstimator rtt) {
        this.wiring = wiring;
        this.receiver = receiver;
        this.queue = queue;
        this.rtt = rtt;
        congestion = wiring.config().congestion().get();
        timers = wiring.timers();
        recovery = new LossRecovery(wiring.iss(), rtt, congestion, wiring.clock(), options);
        records = recovery.records();
        window = new PeerWindow(options.sendShift());
        pacer = new Pacer(options.mss());
        mss = new PathMss(options.mss());
        sendTimers = new SendTimers(wiring, recovery, rtt);
    }

    long una() {
        return una;
    }

    long nxt() {
        return nxt;
    }

    PeerWindow window() {
        return window;
    }

    LossRecovery recovery() {
        return recovery;
    }

    RttEstimator rtt() {
        return rtt;
    }

    /// The handshake is done; the peer's last segment of it carries the first window.
    void establish(TcpSegment answer, int segments, PathKind path, long now) {
        long seq = receiver.unwrap(answer.seq());
        if (answer.has(TcpSegment.SYN)) {
            window.onSyn(answer.window(), seq, 1);
        } else {
            window.onSegment(answer, seq, 1);
        }
        congestion.start(mss.value(), segments);
        recovery.path(path, now);
        lastSentAt = now;
    }

    /// Header prediction: the acknowledgement lies within what is in flight.
    boolean expects(int ack) {
        return ack - Seq.wire(wiring.iss(), una) >= 0 && ack - Seq.wire(wiring.iss(), nxt) <= 0;
    }

    /// Whether an ICMP message quotes something of ours that is not acknowledged (RFC 5927 §4.1).
    boolean isInFlight(int seq) {
        long offset = unwrap(seq);
        return una <= offset && offset < nxt;
    }

    /// The offset that an acknowledgement number stands for.
    long unwrap(int wire) {
        return Seq.unwrap(wiring.iss(), wire, una);
    }

    /// Bytes written and not sent yet.
    long unsent() {
        return queue.end() - Math.min(nxt, queue.end());
    }

    boolean finAcknowledged() {
        return una > finAt;
    }

    boolean everythingAcknowledged() {
        return una == nxt && unsent() == 0;
    }

    /// Our last byte has been written: a FIN goes behind it.
    void finish() {
        finAt = queue.end();
    }

    /// Takes an acceptable acknowledgement up to `ack` and the window beside it.
    void onAck(TcpSegment segment, long seq, long ack, long now) {
        boolean windowChanged = window.onSegment(segment, seq, ack);
        boolean outstanding = una < nxt;
        boolean plain = segment.length() == 0 && !windowChanged;
        boolean duplicate = outstanding && ack == una && plain;
        if (ack > una) {
            una = ack;
            sendTimers.onProgress();
            mss.onProgress(now);
            queue.release(Math.min(una, queue.end()));
        } else if (outstanding && rtt.backoff() > 0) {
            // The peer is heard again: what it misses need not wait as long as the silence was.
            rtt.onAnswer();
            sendTimers.hastenRto(now);
        }
        if (outstanding || segment.sackBlocks() > 0) {
            recovery.onAck(segment, ack, duplicate, nxt, now);
        }
        sendTimers.onAnswer(una < nxt, unsent() > 0, now);
    }

    /// Judges what came, sends what may go, sets the timers.
    void endOfBatch(long now, TcpOut out) {
        recovery.endOfBatch(nxt, windowLimited(), now);
        transmit(now, out);
    }

    /// The congestion window was full within the last round trip.
    private boolean windowLimited() {
        return una <= limitedAt;
    }

    /// Sends what may go now.
    void transmit(long now, TcpOut out) {
        try {
            sendAll(now, out);
        } finally {
            setTimers(now);
        }
    }

    private void sendAll(long now, TcpOut out) {
        if (records.lostBytes() == 0 && nxt == queue.end() && nxt != finAt) {
            return;
        }
        pacer.rate(pacingRate(), Math.min(recovery.minRtt(), rtt.srtt()));
        receiver.stamp(wiring.writer(), now);
        boolean sent = false;
        while (sendOne(now, out)) {
            sent = true;
        }
        if (sent) {
            receiver.onPiggyback();
        }
    }

    private long pacingRate() {
        return wiring.config().features().pacing() ? congestion.pacingRate(rtt.srtt()) : 0;
    }

    private boolean sendOne(long now, TcpOut out) {
        SendRecord lost = records.firstLost();
        if (lost == null || recovery.wantsNewData() && newSegmentLength() > 0) {
            return sendNew(now, out);
        }
        return resend(lost, now, out);
    }

    private boolean resend(SendRecord record, long now, TcpOut out) {
        boolean beyondWindow = record.start >= window.edge() && record.start != una;
        boolean first = headFirst && record.start == una;
        if (beyondWindow || !first && !fits(Math.min(record.length(), mss.value()))) {
            limitedAt = nxt;
            return false;
        }
        if (!first && !mayPace(now)) {
            return false;
        }
        if (record.length() > mss.value()) {
            records.split(record, mss.value());
        }
        headFirst &= !first;
        recovery.onRetransmit(record, now);
        emit(record.start, record.end, now, out);
        return true;
    }

    private boolean sendNew(long now, TcpOut out) {
        int length = newSegmentLength();
        boolean fin = nxt + length == finAt && nxt + length < window.edge();
        if (length == 0 && !fin) {
            return false;
        }
        if (!fits(length)) {
            limitedAt = nxt;
            return false;
        }
        if (!mayPace(now)) {
            return false;
        }
        sendNew(length, fin, now, out);
        return true;
    }

    private void sendNew(int length, boolean fin, long now, TcpOut out) {
        if (records.isEmpty()) {
            congestion.onRestart(now - lastSentAt, rtt.rto());
            sendTimers.onStart(now);
        }
        long start = nxt;
        nxt += length + (fin ? 1 : 0);
        records.sent(start, nxt, now);
        recovery.onSent(length);
        emit(start, nxt, now, out);
    }

    /// The congestion window has room; a single segment always fits, or nothing would ever move again.
    private boolean fits(int length) {
        return recovery.room() >= length || records.inFlight() == 0;
    }

    private boolean mayPace(long now) {
        boolean may = pacer.maySend(now);
        if (!may) {
            timers.set(Timer.PACING, pacer.nextSendAt());
        }
        return may;
    }

    /// Payload bytes of the next new segment, 0 if none should go: a full one, all that is left, or at least half of the
    /// largest window the peer ever offered (RFC 9293 §3.8.6.2.1).
    private int newSegmentLength() {
        long queued = unsent();
        long fits = Math.min(queued, window.edge() - nxt);
        if (fits >= mss.value()) {
            return mss.value();
        }
        return fits > 0 && (fits == queued || fits >= window.largest() / 2) ? (int) fits : 0;
    }

    /// Writes the bytes between two offsets, with the FIN if the range reaches over the last byte. Comes after all bookkeeping: a segment
    /// that fails on its way out is then no more than a lost one.
    private void emit(long start, long end, long now, TcpOut out) {
        long dataEnd = Math.min(end, queue.end());
        int length = (int) (dataEnd - start);
        int flags = TcpSegment.ACK;
        if (dataEnd == queue.end() && length > 0) {
            flags |= TcpSegment.PSH;
        }
        if (end > finAt) {
            flags |= TcpSegment.FIN;
        }
        pacer.onSent(length, now);
        lastSentAt = now;
        wiring.writer().data(out, flags, Seq.wire(wiring.iss(), start), queue, start, length);
    }

    private void setTimers(long now) {
        if (records.isEmpty()) {
            sendTimers.nothingInFlight(unsent() > 0 || nxt == finAt, now);
        } else {
            sendTimers.inFlight(lastSentAt, now);
        }
    }

    void onTimer(long now, TcpOut out) {
        if (timers.fires(Timer.REORDER, now)) {
            recovery.onReorderTimer(nxt, windowLimited(), now);
            transmit(now, out);
        }
        if (timers.fires(Timer.LOSS_PROBE, now)) {
            onSilence(now, out);
        }
        if (timers.fires(Timer.RTO, now) && !records.isEmpty()) {
            onTimeout(now, out);
        }
        if (timers.fires(Timer.PERSIST, now)) {
            onPersist(now, out);
        }
        if (timers.fires(Timer.PACING, now)) {
            transmit(now, out);
        }
    }

    private void onSilence(long now, TcpOut out) {
        if (recovery.mayProbe()) {
            sendProbe(now, out);
        } else if (recovery.mayRepeatHead()) {
            recovery.onSilence(nxt, now);
            headFirst = true;
            transmit(now, out);
        }
    }

    /// RFC 8985 §7.3: new data if there is some, else the last segment again; it may exceed the window by one segment.
    private void sendProbe(long now, TcpOut out) {
        receiver.stamp(wiring.writer(), now);
        int length = newSegmentLength();
        boolean fresh = length > 0;
        if (fresh) {
            sendNew(length, nxt + length == finAt && nxt + length < window.edge(), now, out);
        } else {
            SendRecord last = records.last();
            emit(last.start, last.end, now, out);
            recovery.onRetransmit(last, now);
        }
        receiver.onPiggyback();
        recovery.onProbeSent(nxt, !fresh);
        sendTimers.restartRto(now);
        setTimers(now);
    }

    private void onTimeout(long now, TcpOut out) {
        mss.onTimeout(records.get(0).length());
        recovery.onTimeout(nxt, now);
        headFirst = true;
        sendTimers.onTimeout();
        transmit(now, out);
    }

    /// The window is closed, or too small for what waits: send what fits, else ask (RFC 9293 §3.8.6.1).
    private void onPersist(long now, TcpOut out) {
        receiver.stamp(wiring.writer(), now);
        long fits = Math.min(Math.min(unsent(), window.edge() - nxt), mss.value());
        if (fits > 0) {
            sendNew((int) fits, nxt + fits == finAt && nxt + fits < window.edge(), now, out);
        } else {
            probe(out);
            sendTimers.onWindowProbe();
        }
        receiver.onPiggyback();
        setTimers(now);
    }

    /// A segment that the peer must answer because it has that byte already: for window probes and keep-alive.
    private void probe(TcpOut out) {
        wiring.writer().control(out, TcpSegment.ACK, Seq.wire(wiring.iss(), una - 1));
    }

    void keepAlive(long now, TcpOut out) {
        receiver.stamp(wiring.writer(), now);
        probe(out);
    }

    /// What was sent over a path that went silent need not wait for a timer that has doubled several times since.
    void onPathChange(PathKind kind, long now) {
        boolean silent = rtt.backoff() > 0;
        recovery.onPathChange(kind, now);
        if (silent && timers.isSet(Timer.RTO)) {
            timers.set(Timer.RTO, now);
        }
    }

    void lowerMss(int payload) {
        mss.lower(payload);
    }

    long cwnd() {
        return congestion.cwnd();
    }

    /// Bytes written and not acknowledged.
    long held() {
        return queue.end() - Math.min(una, queue.end());
    }
}
