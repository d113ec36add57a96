package dev.remora.sidecar.life;

/// What a watcher wants to be told, as the bits of its `mask` parameter.
record WatchMask(long bits) {
    static final long ENGINE_UPDATES = 1;
    static final long INITIAL_STATE = 1 << 1;
    static final long INITIAL_PREFS = 1 << 2;
    static final long INITIAL_NET_MAP = 1 << 3;
    static final long INITIAL_DRIVE_SHARES = 1 << 5;
    static final long INITIAL_HEALTH = 1 << 7;
    static final long RATE_LIMIT = 1 << 8;
    static final long PEER_CHANGES = 1 << 12;
    static final long NO_NET_MAP = 1 << 13;
    static final long INITIAL_STATUS = 1 << 14;
    static final long PEER_PATCHES = 1 << 15;
    static final long IN_PROCESS = 1 << 16;

    private static final long INITIAL =
            INITIAL_STATE
                    | INITIAL_PREFS
                    | INITIAL_NET_MAP
                    | INITIAL_DRIVE_SHARES
                    | INITIAL_HEALTH
                    | INITIAL_STATUS;

    boolean has(long bit) {
        return (bits & bit) != 0;
    }

    /// Whether a first message is wanted at all.
    boolean wantsInitial() {
        return has(INITIAL);
    }

    /// Whether these wishes can go together, over a socket.
    boolean isPossible() {
        boolean every = has(PEER_CHANGES | NO_NET_MAP | INITIAL_STATUS | PEER_PATCHES);
        return !has(IN_PROCESS) && !(has(RATE_LIMIT) && every);
    }
}
