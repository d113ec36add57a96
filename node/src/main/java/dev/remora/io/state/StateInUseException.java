package dev.remora.io.state;

/// Another daemon lives on this state: waiting would not help.
public final class StateInUseException extends StateException {
    private static final long serialVersionUID = 1L;

    public StateInUseException(String message) {
        super(message);
    }
}
