package dev.remora.server.tailnet;

import java.time.Duration;

/// The client asks for too much and should come back later: HTTP 429 with `Retry-After`.
public final class Overloaded extends Exception {
    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    public Overloaded(String sentence, Duration retryAfter) {
        super(sentence, null, false, false);
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
