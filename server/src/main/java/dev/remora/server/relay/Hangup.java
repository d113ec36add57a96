package dev.remora.server.relay;

/// Why a connection ended that had been upgraded.
public enum Hangup {
    /// The client closed it, or the network did.
    GONE,
    /// It did not introduce itself within its time.
    NO_INTRODUCTION,
    /// The introduction was not of the owner of its key, or not understood.
    BAD_INTRODUCTION,
    /// What came is not DERP, or not for a client to say.
    MALFORMED,
    /// [Admission] said no.
    NOT_ADMITTED,
    /// It did not read for too long.
    STALLED,
    /// A relay of the region wished it.
    BY_MESH,
    /// The relay is stopping.
    SHUTDOWN
}
