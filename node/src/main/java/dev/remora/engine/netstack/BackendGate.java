package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.SECONDS;

/// Whether to dial a backend for a new connection. A backend that has just refused is not asked again for a second: until then every
/// client is refused at once, after that one dial tries for all of them.
public final class BackendGate {
    private static final long REFUSED_FOR = SECONDS.toNanos(1);

    private boolean down;
    private boolean probing;
    private long probeAt;

    public enum Decision {
        /// Dial, and report with [#onDialled] or [#onFailed].
        DIAL,
        /// Refuse the client, it would fail.
        REFUSE
    }

    public Decision onRequest(long now) {
        if (!down) {
            return Decision.DIAL;
        }
        if (probing || now < probeAt) {
            return Decision.REFUSE;
        }
        probing = true;
        return Decision.DIAL;
    }

    public void onDialled() {
        down = false;
        probing = false;
    }

    /// True if the backend was up before: the time to say so, once.
    public boolean onFailed(long now) {
        boolean news = !down;
        down = true;
        probing = false;
        probeAt = now + REFUSED_FOR;
        return news;
    }
}
