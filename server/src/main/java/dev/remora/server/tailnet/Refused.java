package dev.remora.server.tailnet;

/// A wish that was not granted; nothing has changed. The message is one sentence for whoever wished.
public class Refused extends Exception {
    private static final long serialVersionUID = 1;

    public Refused(String sentence) {
        super(sentence, null, false, false);
    }

    /// Because the world failed, not the wish.
    public Refused(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    /// What the constructors were given.
    public final String sentence() {
        return String.valueOf(getMessage());
    }
}
