package dev.remora.proto.tcp;

/// What one acknowledgement delivered. Times are in nanoseconds.
final class OneAck {
    long now;

    /// The timestamp it echoes, if the connection has timestamps.
    int echo;

    /// When the first segment was sent again before it came, -1 if it was not.
    long headRepeatedAt;

    /// What is delivered now is so in order, not by a SACK block.
    boolean cumulative;

    int segments;

    /// Some of what it delivered had been sent just once.
    boolean original;

    private boolean retransmissionAcked;
    private long oldestSentAt;
    private long newestSentAt;

    void begin(int echo, long headRepeatedAt, long now) {
        this.now = now;
        this.echo = echo;
        this.headRepeatedAt = headRepeatedAt;
        segments = 0;
        original = false;
        retransmissionAcked = false;
        oldestSentAt = Long.MAX_VALUE;
        newestSentAt = -1;
    }

    void add(SendRecord record) {
        segments++;
        if (record.retransmitted) {
            retransmissionAcked = true;
            return;
        }
        original = true;
        if (cumulative) {
            oldestSentAt = Math.min(oldestSentAt, record.sentAt);
        }
        newestSentAt = Math.max(newestSentAt, record.sentAt);
    }

    /// Karn's rule: what went out twice tells no round trip.
    boolean isSample() {
        return !retransmissionAcked && newestSentAt >= 0;
    }

    /// The longest round trip it shows: only what is acknowledged in order may have waited for its acknowledgement.
    long longest() {
        return now - Math.min(oldestSentAt, newestSentAt);
    }

    /// The round trip of the segment that went out last, at least 1.
    long shortest() {
        return Math.max(now - newestSentAt, 1);
    }
}
