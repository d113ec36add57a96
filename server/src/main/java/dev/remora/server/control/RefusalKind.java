package dev.remora.server.control;

/// Why somebody got less than they asked for.
public enum RefusalKind {
    TOO_MANY_HANDSHAKES("shakes hands too often"),
    TOO_MANY_STRANGERS("has one connection too many that is nobody's: the oldest went"),
    BAD_HANDSHAKE("cannot shake hands with our key: it may have an old one"),
    SILENT("connected and asked for nothing"),
    FLOOD("floods its connection with control frames"),
    BAD_HTTP("speaks no HTTP/2"),
    TOO_LARGE("sends more than it may"),
    TOO_SLOW("does not send its request in time"),
    STUCK("does not read its answer"),
    BAD_REQUEST("sends what is no request"),
    OLD_VERSION("is too old for this server"),
    UNKNOWN_NODE("asks in the name of a node that it is not"),
    TOO_MANY_REGISTRATIONS("registers too often"),
    WRONG_KEY("was refused its registration"),
    TOO_MANY_GUESSES("has tried too many wrong keys");

    private final String words;

    RefusalKind(String words) {
        this.words = words;
    }

    /// Completes a sentence that begins with the source.
    String words() {
        return words;
    }
}
