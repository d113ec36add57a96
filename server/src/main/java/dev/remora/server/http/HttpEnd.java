package dev.remora.server.http;

/// Why a connection ended while it was HTTP.
public enum HttpEnd {
    /// The client closed it, or the network did.
    GONE,
    /// It was no TLS, or TLS we do not speak.
    TLS_FAILED,
    /// It was no HTTP, or more of it than there may be.
    MISUSED,
    /// It asked for nothing within its time.
    TOO_SLOW,
    /// Others came who needed its place.
    CROWDED,
    /// There are as many connections as there may be.
    FULL
}
