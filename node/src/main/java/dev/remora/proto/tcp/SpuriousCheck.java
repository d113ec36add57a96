package dev.remora.proto.tcp;

/// Was the last recovery an error? Three witnesses: an echoed timestamp older than the first retransmission (Eifel,
/// RFC 3522), duplicates reported for every retransmission (D-SACK, RFC 3708), and after a timeout, acknowledgement
/// of what was never sent again (F-RTO, RFC 5682).
final class SpuriousCheck {
    private boolean armed;
    private long marker;
    private long recoveryPoint;
    private boolean retransmitted;
    private int firstRetransmitTs;
    private int unconfirmed;

    private FRto fRto = FRto.OFF;

    private enum FRto {
        OFF,
        /// The head was sent again; the next acknowledgement decides whether to try.
        WAITING,
        /// It advanced; two new segments went out, and the one after it decides.
        PROBING
    }

    /// An episode begins; `una` and `nxt` bound what may be retransmitted in it.
    void begin(long una, long nxt, boolean timeout) {
        armed = true;
        marker = una;
        recoveryPoint = nxt;
        retransmitted = false;
        unconfirmed = 0;
        fRto = timeout ? FRto.WAITING : FRto.OFF;
    }

    /// The retransmission timer expired, and nothing has come since the episode began.
    void onTimeout() {
        fRto = FRto.WAITING;
    }

    /// The episode cannot be undone any more.
    void end() {
        armed = false;
        fRto = FRto.OFF;
    }

    void onRetransmit(int tsValue) {
        if (!armed) {
            return;
        }
        if (!retransmitted) {
            firstRetransmitTs = tsValue;
            retransmitted = true;
        }
        unconfirmed++;
    }

    /// An acknowledgement that advanced echoes `tsEcho`.
    ///
    /// @param headRepeatedTs when the segment whose arrival let it advance was first sent again: that may have been in the
    ///     episode before, so that its second copy, too, is older than this episode's retransmissions
    boolean echoPredatesRetransmission(int tsEcho, int headRepeatedTs) {
        return armed
                && retransmitted
                && Seq.before(tsEcho, firstRetransmitTs)
                && Seq.before(tsEcho, headRepeatedTs);
    }

    /// The peer reports a duplicate. True if by now it has reported every retransmission of the episode.
    boolean onDsack(long left, long right) {
        if (!armed || !retransmitted || left < marker || right > recoveryPoint) {
            return false;
        }
        return --unconfirmed == 0;
    }

    /// F-RTO, for an acknowledgement after a timeout.
    ///
    /// @param deliveredOriginal it covers data that was never sent again
    /// @return true if the timeout was spurious
    boolean onAckAfterTimeout(boolean advanced, boolean deliveredOriginal, long una) {
        FRto before = fRto;
        if (before == FRto.OFF) {
            return false;
        }
        fRto = before == FRto.WAITING && advanced && una < recoveryPoint ? FRto.PROBING : FRto.OFF;
        return before == FRto.PROBING && advanced && deliveredOriginal;
    }

    /// Whether new data is to be tried before further retransmissions.
    boolean wantsNewData() {
        return fRto == FRto.PROBING;
    }

    boolean armed() {
        return armed;
    }
}
