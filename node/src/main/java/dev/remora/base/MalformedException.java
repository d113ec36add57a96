package dev.remora.base;

/// A stranger's bytes are wrong. Caught where the bytes came in, counted by reason and dropped; it carries no stack
/// trace, because throwing it must stay cheap for whoever sends us garbage at full rate.
public final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedException(String reason) {
        super(reason, null, false, false);
    }

    /// What was wrong, in a few words that fit behind "dropped: ".
    public String reason() {
        return String.valueOf(getMessage());
    }
}
