package dev.remora.proto.tcp;

import org.jspecify.annotations.Nullable;

/// Loss detection by time (RFC 8985 §6): what was sent sufficiently long before something that arrived is lost. The
/// names of the variables are the RFC's.
final class Rack {
    private static final int DUP_THRESH = 3;
    private static final int REO_WND_PERSIST = 16;

    private final MinRtt minRtt = new MinRtt();

    private long xmitTs = -1;
    private long endSeq;
    private long rtt;
    private long fack;
    private boolean reorderingSeen;
    private int reoWndMult = 1;
    private int reoWndPersist;
    private long dsackRound = -1;
    private int segsSacked;

    /// Steps 1 to 3 for one newly delivered record.
    ///
    /// @param echoesOriginal TSecr shows that it was an earlier transmission which arrived
    void delivered(SendRecord record, boolean cumulative, boolean echoesOriginal, long now) {
        noteReordering(record);
        segsSacked += cumulative ? 0 : 1;
        long sample = now - record.sentAt;
        if (record.retransmitted && (echoesOriginal || sample < minRtt.value())) {
            return;
        }
        minRtt.sample(sample, now);
        if (record.sentAt > xmitTs || record.sentAt == xmitTs && record.end > endSeq) {
            xmitTs = record.sentAt;
            endSeq = record.end;
            rtt = sample;
        }
    }

    private void noteReordering(SendRecord record) {
        if (record.end > fack) {
            fack = record.end;
        } else if (record.end < fack && !record.retransmitted) {
            reorderingSeen = true;
        }
    }

    /// A duplicate arrived at the peer: reordering was taken for loss. Widens the window once per round trip.
    void onDsack(long una, long nxt) {
        if (dsackRound >= 0 && una >= dsackRound) {
            dsackRound = -1;
        }
        if (dsackRound < 0) {
            dsackRound = nxt;
            reoWndMult++;
            reoWndPersist = REO_WND_PERSIST;
        }
    }

    void onRecoveryEnd() {
        segsSacked = 0;
        if (--reoWndPersist <= 0) {
            reoWndMult = 1;
        }
    }

    /// Packets overtake each other here: a retransmission proved needless, or the path has just changed.
    void expectReordering() {
        reorderingSeen = true;
    }

    void onPathChange() {
        minRtt.restart();
        expectReordering();
    }

    /// Step 4: how much later than expected a record may arrive before it counts as lost.
    long reorderWindow(boolean inRecovery, long srtt) {
        if (!reorderingSeen && (inRecovery || segsSacked >= DUP_THRESH)) {
            return 0;
        }
        long quarter = minRtt.value() == MinRtt.NONE ? 0 : minRtt.value() / 4;
        return Math.min(reoWndMult * quarter, srtt);
    }

    /// Step 5: marks what is lost by now.
    ///
    /// @return when the next record will be, if nothing else arrives before; Long.MAX_VALUE if none will
    long detectLoss(SendRecords records, long reorderWindow, long now) {
        long latest = Long.MIN_VALUE;
        SendRecord record = records.oldest();
        while (record != null && sentBeforeDelivered(record)) {
            SendRecord next = record.later;
            long lostAt = record.sentAt + rtt + reorderWindow;
            if (lostAt <= now) {
                records.markLost(record);
            } else {
                latest = Math.max(latest, lostAt);
            }
            record = next;
        }
        return latest == Long.MIN_VALUE ? Long.MAX_VALUE : latest;
    }

    private boolean sentBeforeDelivered(SendRecord record) {
        return record.sentAt < xmitTs || record.sentAt == xmitTs && record.end < endSeq;
    }

    /// RFC 8985 §6.3, on a retransmission timeout: the first record is lost, others only if sent long enough ago.
    void onTimeout(SendRecords records, long reorderWindow, long now) {
        records.markLost(records.get(0));
        @Nullable SendRecord record = records.oldest();
        while (record != null && record.sentAt + rtt + reorderWindow <= now) {
            SendRecord next = record.later;
            records.markLost(record);
            record = next;
        }
    }

    /// Smallest round trip of the last minutes, [MinRtt#NONE] if unknown.
    long minRtt() {
        return minRtt.value();
    }

    boolean reorderingSeen() {
        return reorderingSeen;
    }
}
