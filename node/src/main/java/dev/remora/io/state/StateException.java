package dev.remora.io.state;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The state directory cannot be used. The message is one sentence for the person who runs the node: what is wrong and what to do.
public sealed class StateException extends IOException permits StateInUseException {
    private static final long serialVersionUID = 1L;

    public StateException(String message) {
        super(message);
    }

    public StateException(String message, Throwable cause) {
        super(message, cause);
    }

    static StateException of(String message, @Nullable Exception cause) {
        return cause == null ? new StateException(message) : new StateException(message, cause);
    }
}
