package dev.remora.server.admin;

/// The request is refused or cannot be done; nothing has changed. The message is a sentence for people.
public final class AdminException extends Exception {
    private static final long serialVersionUID = 1;

    AdminException(String sentence) {
        super(sentence, null, false, false);
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
