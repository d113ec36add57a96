package dev.remora.io.control;

import java.util.Locale;

/// Why the control server cannot be used as things are. The code is for programs and stays the same from
/// version to version; the sentence beside it is for people.
///
/// In the order in which they tell something: of two failures of one try, the later one is reported.
public enum Reason {
    TIMED_OUT,
    NAME_NOT_FOUND,
    UNREACHABLE,
    CONNECTION_LOST,
    TLS_FAILED,
    CERTIFICATE_UNTRUSTED,
    CERTIFICATE_OTHER_NAME,
    CERTIFICATE_DATES,
    NOT_A_CONTROL_SERVER,
    SERVER_ERROR,
    MALFORMED_ANSWER,
    HANDSHAKE_REFUSED,
    SERVER_TOO_OLD,
    CLIENT_TOO_OLD,
    RATE_LIMITED,
    AUTH_KEY_EMPTY,
    AUTH_KEY_INVALID,
    AUTH_KEY_EXPIRED,
    AUTH_KEY_USED,
    AUTH_KEY_REVOKED,
    TAGS_REFUSED,
    TAILNET_LOCKED,
    REGISTRATION_REFUSED,
    NODE_GONE,
    STATE_NOT_SAVED;

    /// `auth-key-invalid` and the like.
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
