package dev.remora.proto.tcp;

import dev.remora.base.Deadlines;

/// Which of the sender's timers run: after each group of sends and acknowledgements they are set again to fit what is in
/// flight. While something is, the retransmission timer (RFC 6298 §5) and the tail loss probe wait for its
/// acknowledgement; while nothing is, the persist timer waits for the window to open. The user timeout runs as long as
/// the peer owes any answer.
final class SendTimers {
    private final Deadlines<Timer> timers;
    private final LossRecovery recovery;
    private final RttEstimator rtt;
    private final Persist persist = new Persist();
    private final long userTimeout;
    private boolean rearmRto;

    SendTimers(Wiring wiring, LossRecovery recovery, RttEstimator rtt) {
        this.timers = wiring.timers();
        this.recovery = recovery;
        this.rtt = rtt;
        userTimeout = wiring.config().patience().userTimeout();
    }

    /// RFC 6298 §5.3: something new was acknowledged, the timer starts again.
    void onProgress() {
        rearmRto = true;
        persist.reset();
    }

    /// The peer lives: the user timeout starts again while something is open.
    void onAnswer(boolean outstanding, boolean unsent, long now) {
        if (!outstanding && !unsent) {
            timers.clear(Timer.USER_TIMEOUT);
        } else if (rearmRto || !outstanding) {
            timers.set(Timer.USER_TIMEOUT, now + userTimeout);
        }
    }

    /// New data goes out while nothing else is in flight.
    void onStart(long now) {
        persist.reset();
        timers.setIfUnset(Timer.USER_TIMEOUT, now + userTimeout);
    }

    void onTimeout() {
        rearmRto = true;
    }

    void onWindowProbe() {
        persist.onProbe();
    }

    void restartRto(long now) {
        timers.set(Timer.RTO, now + rtt.rto());
    }

    /// The timer was set when it had been doubled, and is not doubled any more.
    void hastenRto(long now) {
        timers.set(Timer.RTO, Math.min(timers.at(Timer.RTO), now + rtt.rto()));
    }

    void inFlight(long lastSentAt, long now) {
        timers.clear(Timer.PERSIST);
        if (rearmRto || !timers.isSet(Timer.RTO)) {
            restartRto(now);
        }
        armProbe(lastSentAt, now);
        timers.set(Timer.REORDER, recovery.reorderAt());
        rearmRto = false;
    }

    private void armProbe(long lastSentAt, long now) {
        boolean restart = rearmRto || lastSentAt == now || !timers.isSet(Timer.LOSS_PROBE);
        if (recovery.mayProbe() && restart) {
            long timeout = TailProbe.timeout(rtt.srtt(), recovery.records().count() == 1);
            timers.set(Timer.LOSS_PROBE, Math.min(now + timeout, timers.at(Timer.RTO)));
        } else if (recovery.mayRepeatHead() && restart) {
            armRepeat(now + recovery.repeatHeadAfter());
        } else if (!recovery.mayProbe() && !recovery.mayRepeatHead()) {
            timers.clear(Timer.LOSS_PROBE);
        }
    }

    private void armRepeat(long at) {
        if (at < timers.at(Timer.RTO)) {
            timers.set(Timer.LOSS_PROBE, at);
        } else {
            timers.clear(Timer.LOSS_PROBE);
        }
    }

    /// @param waits there is something to send, and the peer's window does not let it out
    void nothingInFlight(boolean waits, long now) {
        timers.clear(Timer.RTO);
        timers.clear(Timer.LOSS_PROBE);
        timers.clear(Timer.REORDER);
        if (waits && !timers.isSet(Timer.PACING)) {
            timers.setIfUnset(Timer.PERSIST, now + persist.after(rtt.rto()));
            timers.setIfUnset(Timer.USER_TIMEOUT, now + userTimeout);
        } else {
            timers.clear(Timer.PERSIST);
        }
        rearmRto = false;
    }
}
