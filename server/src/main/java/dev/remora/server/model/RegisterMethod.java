package dev.remora.server.model;

/// Who let a node in: an auth key, or a person who approved it.
public enum RegisterMethod {
    AUTH_KEY,
    CLI
}
