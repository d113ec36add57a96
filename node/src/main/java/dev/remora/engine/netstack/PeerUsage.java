package dev.remora.engine.netstack;

/// What one peer takes up of the stack, and how fast it may ask for more.
final class PeerUsage {
    private static final int NEW_CONNECTIONS_PER_SECOND = 2_000;
    private static final int NEW_CONNECTIONS_BURST = 4_000;
    private static final int ECHOES_PER_SECOND = 100;

    /// A scan of all ports, which a user may run to see what is open, should not take minutes.
    private static final int RESETS_PER_SECOND = 5_000;

    /// Requests that nobody has decided about, and handshakes under way.
    int halfOpen;

    /// Connections it opened, those included whose handshake is under way.
    int connections;

    final RateLimit newConnections =
            new RateLimit(NEW_CONNECTIONS_PER_SECOND, NEW_CONNECTIONS_BURST);
    final RateLimit resets = new RateLimit(RESETS_PER_SECOND, RESETS_PER_SECOND);
    final RateLimit echoes = new RateLimit(ECHOES_PER_SECOND, ECHOES_PER_SECOND);
}
