package dev.remora.proto.tcp;

/// From acknowledgements and timeouts to what is lost and how much may be in flight. Acknowledgements of a batch are
/// first all taken in ([#onAck]) and only then judged ([#endOfBatch]), so that a late batch does not look like loss.
///
///     OPEN ── loss ──▶ RECOVERY ── all acknowledged, or it was an error ──▶ OPEN
///       └── timeout ──▶ TIMEOUT ◀── timeout ──┘        ▲
///                          └── the same ───────────────┘
final class LossRecovery implements SendRecords.Delivered {
    private enum Phase {
        OPEN,
        RECOVERY,
        TIMEOUT
    }

    private static final int MOST_REPEATS = 8;

    private final SendRecords records = new SendRecords();
    private final Rack rack = new Rack();
    private final TailProbe probe = new TailProbe();
    private final SpuriousCheck spurious = new SpuriousCheck();
    private final DuplicateAcks duplicates = new DuplicateAcks();
    private final AckSummary batch = new AckSummary();
    private final SackReader sacks;
    private final RttEstimator rtt;
    private final CongestionControl congestion;
    private final TimestampClock clock;
    private final Negotiated options;
    private final Prr prr;

    private Phase phase = Phase.OPEN;
    private long recoveryPoint;
    private long una = 1;
    private boolean pending;
    private boolean probeRepaired;
    private int silences;

    /// The episode began with silence, and nothing has come since.
    private boolean silent;

    private long reorderAt = Long.MAX_VALUE;

    private long retransmits;
    private long recoveries;
    private long timeouts;
    private long undone;

    private final OneAck ack = new OneAck();

    LossRecovery(
            int iss,
            RttEstimator rtt,
            CongestionControl congestion,
            TimestampClock clock,
            Negotiated options) {
        this.rtt = rtt;
        this.congestion = congestion;
        this.clock = clock;
        this.options = options;
        sacks = new SackReader(iss);
        prr = new Prr(options.mss());
    }

    SendRecords records() {
        return records;
    }

    /// Takes in an acknowledgement up to the offset `upTo`.
    ///
    /// @param duplicate it has everything RFC 5681 §2 asks of a duplicate acknowledgement
    void onAck(TcpSegment segment, long upTo, boolean duplicate, long nxt, long now) {
        boolean advanced = upTo > una;
        ack.begin(segment.tsEcho(), headRepeatedAt(), now);
        batch.acked += Math.max(upTo - una, 0);
        una = Math.max(una, upTo);
        ack.cumulative = true;
        records.acknowledge(una, this);
        ack.cumulative = false;
        boolean dsack = false;
        if (options.sack()) {
            sacks.read(segment, una, nxt);
            sacks.apply(records, this);
            dsack = sacks.duplicate();
        } else if (duplicate) {
            duplicates.onDuplicate();
            batch.delivered += options.mss();
        } else if (advanced) {
            batch.delivered -= (long) duplicates.onAdvance(ack.segments) * options.mss();
        }
        takeSamples(advanced, dsack, nxt);
        judgeSpurious(advanced, dsack, nxt);
        boolean dsackOfProbe = dsack && sacks.duplicateRight() == una;
        probeRepaired |= probe.onAck(una, dsackOfProbe, duplicate && segment.sackBlocks() == 0);
        pending = true;
    }

    /// When the first segment was sent again, -1 if it was not.
    private long headRepeatedAt() {
        return !records.isEmpty() && records.get(0).retransmitted ? records.get(0).repeatedAt : -1;
    }

    @Override
    public void delivered(SendRecord record) {
        batch.delivered += record.length();
        ack.add(record);
        if (options.sack()) {
            // While there is a hole the peer echoes what came before it, so only a cumulative
            // answer tells.
            boolean echoesOriginal =
                    ack.cumulative
                            && options.timestamps()
                            && Seq.before(ack.echo, clock.at(record.sentAt));
            rack.delivered(record, ack.cumulative, echoesOriginal, ack.now);
        }
    }

    /// Karn's rule: what went out twice gives no sample, unless the timestamp says which of the two it was.
    private void takeSamples(boolean advanced, boolean dsack, long nxt) {
        if (dsack) {
            // What it acknowledges came earlier, with a first copy whose acknowledgement was lost.
            rtt.onAnswer();
        } else if (ack.isSample()) {
            rtt.sample(ack.longest(), una, nxt);
            batch.rtt = batch.rtt == 0 ? ack.shortest() : Math.min(batch.rtt, ack.shortest());
        } else if (advanced && options.timestamps()) {
            long sample = clock.since(ack.echo, ack.now);
            if (sample > 0) {
                rtt.sample(sample, una, nxt);
            }
        }
    }

    private void judgeSpurious(boolean advanced, boolean dsack, long nxt) {
        boolean undo = false;
        if (dsack) {
            rack.onDsack(una, nxt);
            undo = spurious.onDsack(sacks.duplicateLeft(), sacks.duplicateRight());
        }
        if (phase == Phase.TIMEOUT) {
            undo |= spurious.onAckAfterTimeout(advanced, ack.original, una);
        }
        if (advanced && phase != Phase.OPEN && options.timestamps() && ack.headRepeatedAt >= 0) {
            undo |= spurious.echoPredatesRetransmission(ack.echo, clock.at(ack.headRepeatedAt));
        }
        if (undo) {
            undo(ack.now);
        }
    }

    private void undo(long now) {
        if (phase != Phase.TIMEOUT) {
            rack.expectReordering();
        }
        undone++;
        spurious.end();
        records.nothingIsLost();
        congestion.onRecovery(CongestionControl.Phase.SPURIOUS, records.bytes(), now);
        phase = Phase.OPEN;
    }

    /// Judges what the batch said: what is lost, which phase we are in, how large the window is.
    void endOfBatch(long nxt, boolean windowLimited, long now) {
        if (!pending) {
            return;
        }
        pending = false;
        long flight = inFlight() + batch.delivered;
        long outstanding = records.bytes() + batch.acked;
        long lostBefore = records.lostBytes();
        detectLoss(now);
        if (batch.delivered > 0) {
            silences = 0;
            silent = false;
        }
        boolean moreLost = records.lostBytes() > lostBefore;
        turnPhase(flight, outstanding, moreLost, nxt, now);
        batch.inFlight = inFlight();
        batch.una = una;
        batch.nxt = nxt;
        batch.windowLimited = windowLimited;
        if (phase == Phase.RECOVERY && congestion.reducesProportionally()) {
            boolean safeAck = batch.acked > 0 && !moreLost;
            prr.onAck(batch.delivered, batch.inFlight, congestion.ssthresh(), safeAck);
        } else if (batch.delivered > 0) {
            congestion.onAck(batch, now);
        }
        batch.clear();
    }

    private void detectLoss(long now) {
        if (options.sack()) {
            reorderAt = rack.detectLoss(records, reorderWindow(), now);
        } else if (!records.isEmpty() && holeAtHead()) {
            records.markLost(records.get(0));
        }
    }

    private boolean holeAtHead() {
        boolean partial = phase == Phase.RECOVERY && batch.acked > 0 && una < recoveryPoint;
        boolean third = phase == Phase.OPEN && duplicates.reached() && una >= recoveryPoint;
        return third || partial && !records.get(0).retransmitted;
    }

    private void turnPhase(long flight, long outstanding, boolean moreLost, long nxt, long now) {
        if (phase != Phase.OPEN && una >= recoveryPoint) {
            phase = Phase.OPEN;
            duplicates.reset();
            rack.onRecoveryEnd();
            congestion.onRecovery(CongestionControl.Phase.EXIT, records.bytes(), now);
        }
        if (phase == Phase.OPEN && moreLost) {
            enterRecovery(flight, outstanding, nxt, now);
        } else if (phase == Phase.OPEN && probeRepaired) {
            recoveries++;
            congestion.onRecovery(CongestionControl.Phase.ENTER, outstanding, now);
        }
        probeRepaired = false;
    }

    private void enterRecovery(long flight, long outstanding, long nxt, long now) {
        recoveries++;
        phase = Phase.RECOVERY;
        recoveryPoint = nxt;
        probe.forget();
        spurious.begin(una, nxt, false);
        congestion.onRecovery(CongestionControl.Phase.ENTER, outstanding, now);
        prr.enter(flight);
    }

    /// The reordering timer: what has not arrived by now is lost.
    void onReorderTimer(long nxt, boolean windowLimited, long now) {
        pending = true;
        endOfBatch(nxt, windowLimited, now);
    }

    /// The retransmission timer.
    void onTimeout(long nxt, long now) {
        timeouts++;
        rtt.onTimeout();
        if (records.get(0).sacked) {
            // RFC 2018 §8: a receiver that acknowledges less than it had reported has thrown the
            // rest away.
            records.forgetSacks();
            sacks.forget();
        }
        if (options.sack()) {
            rack.onTimeout(records, reorderWindow(), now);
        } else {
            records.allAreLost();
        }
        probe.forget();
        duplicates.reset();
        if (phase == Phase.OPEN) {
            spurious.begin(una, nxt, true);
            congestion.onRecovery(CongestionControl.Phase.TIMEOUT, records.bytes(), now);
        } else {
            if (silent) {
                spurious.onTimeout();
            } else {
                spurious.end();
            }
            congestion.onRecovery(CongestionControl.Phase.TIMEOUT_AGAIN, records.bytes(), now);
        }
        silent = false;
        phase = Phase.TIMEOUT;
        recoveryPoint = nxt;
    }

    private long reorderWindow() {
        return rack.reorderWindow(phase != Phase.OPEN, rtt.srtt());
    }

    /// Bytes in the network, as far as we know.
    long inFlight() {
        return Math.max(records.inFlight() - duplicates.departed(options.mss()), 0);
    }

    /// Bytes that may go out now.
    long room() {
        return phase == Phase.RECOVERY && congestion.reducesProportionally()
                ? prr.allowed()
                : congestion.cwnd() - inFlight();
    }

    void onSent(int length) {
        if (phase == Phase.RECOVERY) {
            prr.onSent(length);
        }
    }

    void onRetransmit(SendRecord record, long now) {
        retransmits++;
        records.sentAgain(record, now);
        spurious.onRetransmit(clock.at(now));
        onSent(record.length());
    }

    /// After a timeout that may be an error, new data goes before what counts as lost.
    boolean wantsNewData() {
        return phase == Phase.TIMEOUT && spurious.wantsNewData();
    }

    /// RFC 8985 §7.2: probes are for a connection with SACK that is in order and has none out already.
    boolean mayProbe() {
        return options.sack()
                && phase == Phase.OPEN
                && !records.isEmpty()
                && records.sackedBytes() == 0
                && !probe.outstanding();
    }

    void onProbeSent(long nxt, boolean retransmission) {
        probe.onSent(nxt, retransmission);
    }

    /// Neither a probe nor what was sent again has been answered so far: the first segment may go once more, long before
    /// the retransmission timer. Where a round trip takes less than a millisecond that timer is hundreds of them, and
    /// retransmissions are lost, too.
    boolean mayRepeatHead() {
        return options.sack()
                && !mayProbe()
                && !records.isEmpty()
                && !records.get(0).sacked
                && silences < MOST_REPEATS;
    }

    /// How long to wait for an answer before the first segment is sent again: longer each time.
    long repeatHeadAfter() {
        long once = Math.max(TailProbe.timeout(rtt.srtt(), false), rtt.srtt() + 4 * rtt.variance());
        return once << Math.min(silences + 1, 4);
    }

    /// No answer came: the first segment counts as lost.
    void onSilence(long nxt, long now) {
        silences++;
        long flight = inFlight();
        long outstanding = records.bytes();
        records.markLost(records.get(0));
        if (phase == Phase.OPEN) {
            silent = true;
            enterRecovery(flight, outstanding, nxt, now);
        }
    }

    void onPathChange(PathKind kind, long now) {
        rack.onPathChange();
        rtt.forgetTimeouts();
        silences = 0;
        path(kind, now);
    }

    /// As [#onPathChange], for the first path there is: what is known was learned on it.
    void path(PathKind kind, long now) {
        rtt.onPathChange(kind);
        congestion.onPathChange(kind, now);
    }

    /// When the reordering window of what may be lost ends, Long.MAX_VALUE if nothing is in doubt.
    long reorderAt() {
        return reorderAt;
    }

    boolean open() {
        return phase == Phase.OPEN;
    }

    long minRtt() {
        return rack.minRtt();
    }

    long retransmits() {
        return retransmits;
    }

    long recoveries() {
        return recoveries;
    }

    long timeouts() {
        return timeouts;
    }

    long undone() {
        return undone;
    }
}
