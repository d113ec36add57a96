package dev.remora.server.relay;

/// Why a connection ended.
public enum Hangup {
    /// The client closed it, or the network did.
    GONE,
    /// It was no TLS, or TLS we do not speak.
    TLS_FAILED,
    /// It asked for nothing within its time, or for nothing that we have.
    HTTP_MISUSED,
    /// It did not introduce itself within its time.
    NO_INTRODUCTION,
    /// The introduction was not of the owner of its key, or not understood.
    BAD_INTRODUCTION,
    /// What came is not DERP, or not for a client to say.
    MALFORMED,
    /// [Admission] said no.
    NOT_ADMITTED,
    /// There are as many connections as there may be.
    FULL,
    /// It did not read for too long.
    STALLED,
    /// The relay is stopping.
    SHUTDOWN
}
