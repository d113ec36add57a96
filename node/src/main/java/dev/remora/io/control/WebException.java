package dev.remora.io.control;

import java.io.IOException;

/// A server could not be asked. The message is one sentence for people, with what to do.
public final class WebException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    WebException(Reason reason, String sentence, Throwable cause) {
        super(sentence, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
