package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

/// At most one challenge ACK in half a second (RFC 5961 §7), for each connection by itself: a counter shared by all of them
/// would let a stranger measure how often others are challenged (CVE-2016-5696).
final class ChallengeLimit {
    static final long EVERY = MILLISECONDS.toNanos(500);

    private long nextAt;

    boolean allow(long now) {
        if (now < nextAt) {
            return false;
        }
        nextAt = now + EVERY;
        return true;
    }
}
