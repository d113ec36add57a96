package dev.remora.io.state;

import java.io.IOException;

/// The state directory cannot be used. The message is one sentence for the person who runs the node: what is wrong and what to do.
public final class StateException extends IOException {
    private static final long serialVersionUID = 1L;

    public StateException(String message) {
        super(message);
    }

    public StateException(String message, Throwable cause) {
        super(message, cause);
    }
}
