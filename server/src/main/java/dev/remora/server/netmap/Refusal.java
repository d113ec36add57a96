package dev.remora.server.netmap;

/// A map request that gets an error instead of a map. A client takes an empty 200 for a broken stream and asks again at
/// once, so the status has to say it.
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int httpStatus;

    public Refusal(int httpStatus, String text) {
        super(text, null, false, false);
        this.httpStatus = httpStatus;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /// One sentence, for the client's log.
    public String text() {
        return String.valueOf(getMessage());
    }
}
