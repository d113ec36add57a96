package dev.remora.proto.wireguard;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

/// The constants of WireGuard's paper, section 6, under their names there, and those all implementations share.
/// Spans are in nanoseconds.
final class Limits {
    static final long REKEY_AFTER_MESSAGES = 1L << 60;

    /// Unsigned: 2^64 - 2^13 - 1.
    static final long REJECT_AFTER_MESSAGES = -(1L << 13) - 1;

    static final long REKEY_AFTER_TIME = SECONDS.toNanos(120);
    static final long REJECT_AFTER_TIME = SECONDS.toNanos(180);
    static final long REKEY_TIMEOUT = SECONDS.toNanos(5);
    static final long KEEPALIVE_TIMEOUT = SECONDS.toNanos(10);

    /// REKEY_ATTEMPT_TIME / REKEY_TIMEOUT.
    static final int MAX_RETRIES = 18;

    /// Spread over retransmissions, so that two sides that began at the same moment do not go on doing so.
    static final long RETRY_JITTER = MILLISECONDS.toNanos(333);

    /// How long a peer's silence is borne after data was sent to it.
    static final long NEW_HANDSHAKE_AFTER = KEEPALIVE_TIMEOUT + REKEY_TIMEOUT;

    /// From this age on, a session that only receives is renewed, so that it does not die under way.
    static final long REKEY_AFTER_TIME_RECEIVING =
            REJECT_AFTER_TIME - KEEPALIVE_TIMEOUT - REKEY_TIMEOUT;

    static final long ZERO_KEYS_AFTER = 3 * REJECT_AFTER_TIME;
    static final long COOKIE_LIFETIME = SECONDS.toNanos(120);
    static final long INITIATION_SPACING = MILLISECONDS.toNanos(20);

    private Limits() {}
}
