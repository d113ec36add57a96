package dev.remora.proto.tcp;

import dev.remora.base.Deadlines;

/// Asks a silent peer whether it is still there (RFC 9293 §3.8.4). The timer is lazy: hearing from the peer only notes the
/// time, and an early expiry is put off.
final class KeepAlive {
    private final TcpConfig.KeepAlive config;
    private final Deadlines<Timer> timers;
    private long heardAt;
    private int unanswered;

    enum Action {
        NONE,
        PROBE,
        GIVE_UP
    }

    KeepAlive(TcpConfig.KeepAlive config, Deadlines<Timer> timers) {
        this.config = config;
        this.timers = timers;
    }

    void start(long now) {
        heardAt = now;
        if (config.after() > 0) {
            timers.set(Timer.KEEP_ALIVE, now + config.after());
        }
    }

    void onSegment(long now) {
        heardAt = now;
        unanswered = 0;
    }

    /// @param waiting bytes are on their way, so that other timers watch the peer
    Action onTimer(boolean waiting, long now) {
        long dueAt = waiting ? now + config.after() : heardAt + config.after();
        if (dueAt > now) {
            timers.set(Timer.KEEP_ALIVE, dueAt);
            return Action.NONE;
        }
        if (unanswered >= config.probes()) {
            return Action.GIVE_UP;
        }
        unanswered++;
        timers.set(Timer.KEEP_ALIVE, now + config.every());
        return Action.PROBE;
    }
}
