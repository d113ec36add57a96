package dev.remora.io.control;

import java.util.Locale;

/// Why the control server cannot be used as things are. The code is for programs and stays the same from
/// version to version; the sentence beside it is for people.
///
/// In the order in which they tell something: of two failures of one try, the later one is reported.
public enum Reason {
    TIMED_OUT(Remedy.ANOTHER_TRY),
    NAME_NOT_FOUND(Remedy.ANOTHER_TRY),
    UNREACHABLE(Remedy.ANOTHER_TRY),
    CONNECTION_LOST(Remedy.ANOTHER_TRY),
    TLS_FAILED(Remedy.ANOTHER_TRY),
    CERTIFICATE_UNTRUSTED(Remedy.ANOTHER_TRY),
    CERTIFICATE_OTHER_NAME(Remedy.ANOTHER_TRY),
    CERTIFICATE_DATES(Remedy.ANOTHER_TRY),
    NOT_A_CONTROL_SERVER(Remedy.ANOTHER_TRY),
    SERVER_ERROR(Remedy.ANOTHER_TRY),
    MALFORMED_ANSWER(Remedy.ANOTHER_TRY),
    HANDSHAKE_REFUSED(Remedy.ANOTHER_TRY),
    SERVER_TOO_OLD(Remedy.PATIENCE),
    CLIENT_TOO_OLD(Remedy.PATIENCE),
    RATE_LIMITED(Remedy.ANOTHER_TRY),
    CREDENTIALS_INCOMPLETE(Remedy.ANOTHER_KEY),
    CREDENTIALS_REFUSED(Remedy.ANOTHER_KEY),
    AUTH_KEY_EMPTY(Remedy.ANOTHER_KEY),
    AUTH_KEY_INVALID(Remedy.ANOTHER_KEY),
    AUTH_KEY_EXPIRED(Remedy.ANOTHER_KEY),
    AUTH_KEY_USED(Remedy.ANOTHER_KEY),
    AUTH_KEY_REVOKED(Remedy.ANOTHER_KEY),
    TAGS_REFUSED(Remedy.ANOTHER_KEY),
    TAILNET_LOCKED(Remedy.PATIENCE),
    REGISTRATION_REFUSED(Remedy.ANOTHER_KEY),
    NODE_GONE(Remedy.ANOTHER_TRY),
    STATE_NOT_SAVED(Remedy.ANOTHER_TRY),
    OUR_MISTAKE(Remedy.ANOTHER_TRY);

    private final Remedy remedy;

    /// What may help against a failure.
    public enum Remedy {
        /// It may go away by itself, and soon.
        ANOTHER_TRY,
        /// Somebody has to do something elsewhere, which hardly happens within seconds.
        PATIENCE,
        /// The server has looked at what we have shown, and will not take it the next time either.
        ANOTHER_KEY
    }

    Reason(Remedy remedy) {
        this.remedy = remedy;
    }

    public Remedy remedy() {
        return remedy;
    }

    /// `auth-key-invalid` and the like.
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
