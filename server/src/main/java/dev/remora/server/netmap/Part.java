package dev.remora.server.netmap;

/// What may have changed about a peer. All but [#WHOLE] can be told without the whole node.
public enum Part {
    ENDPOINTS,
    HOME_DERP,
    DISCO_KEY,
    NODE_KEY,
    KEY_EXPIRY,
    CAP,
    ONLINE,
    WHOLE
}
