package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.SECONDS;

/// How long to wait before a closed window is asked about: the retransmission timeout, doubled for each question.
final class Persist {
    private static final long LONGEST = SECONDS.toNanos(60);

    private int asked;

    long after(long rto) {
        return Math.min(rto << Math.min(asked, 10), LONGEST);
    }

    void onProbe() {
        asked++;
    }

    void reset() {
        asked = 0;
    }
}
