package dev.remora.sidecar.oauth;

import dev.remora.io.control.Reason;
import dev.remora.io.control.WebException;

/// There is no auth key to be had with these credentials. The message is one sentence for people, without secrets.
public final class CredentialException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    CredentialException(Reason reason, String sentence) {
        super(sentence, null, false, false);
        this.reason = reason;
    }

    /// Something is missing or misspelt; nobody was asked.
    static CredentialException incomplete(String sentence) {
        return new CredentialException(Reason.CREDENTIALS_INCOMPLETE, sentence);
    }

    static CredentialException of(WebException failure) {
        return new CredentialException(failure.reason(), failure.sentence());
    }

    public Reason reason() {
        return reason;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }

    /// Whether the same may work a little later.
    public boolean isPassing() {
        return reason.remedy() == Reason.Remedy.ANOTHER_TRY;
    }
}
