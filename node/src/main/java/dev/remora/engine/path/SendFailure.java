package dev.remora.engine.path;

/// Why a datagram could not be sent, as far as it matters for paths. What passes by itself, such as a full buffer or
/// a packet the firewall refused, is a lost packet and no failure.
public enum SendFailure {
    /// The system knows no way to this host or network (EHOSTUNREACH, ENETUNREACH).
    UNREACHABLE,
    /// The socket itself no longer works (EPIPE, ENOTCONN, EPERM, EBADF …).
    SOCKET_BROKEN
}
