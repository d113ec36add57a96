package dev.remora.io.control;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The control server, or the way to it, failed. The message is one sentence for people, with what to do.
final class ControlException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final transient Optional<Duration> retryAfter;

    ControlException(Reason reason, String sentence) {
        this(reason, sentence, null, Optional.empty());
    }

    ControlException(Reason reason, String sentence, Throwable cause) {
        this(reason, sentence, cause, Optional.empty());
    }

    /// @param retryAfter how long the server wants to be left alone
    ControlException(Reason reason, String sentence, Duration retryAfter) {
        this(reason, sentence, null, Optional.of(retryAfter));
    }

    private ControlException(
            Reason reason,
            String sentence,
            @Nullable Throwable cause,
            Optional<Duration> retryAfter) {
        super(sentence, cause);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    Reason reason() {
        return reason;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
