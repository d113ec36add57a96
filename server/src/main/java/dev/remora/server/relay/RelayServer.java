package dev.remora.server.relay;

import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.server.http.Routes;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// A DERP relay: routes for any number of HTTP servers on one loop. Whoever comes through any of them can talk to each
/// other.
public final class RelayServer implements AutoCloseable {
    /// Clients come back spread over this time, and are asked to try for a minute.
    private static final int RECONNECT_SPREAD_MS = 5_000;

    private static final int TRY_FOR_MS = 60_000;

    private final EngineLoop loop;
    private final RelayContext relay;
    private final Optional<Mesh> mesh;

    /// @param loop the one that the HTTP servers are on, too
    public RelayServer(EngineLoop loop, RelaySettings settings) {
        long start = System.nanoTime();
        this.loop = loop;
        this.relay = RelayContext.of(settings, new SecureRandom(), () -> System.nanoTime() - start);
        this.mesh = settings.mesh().map(others -> Mesh.start(loop, relay, others));
    }

    /// `/derp` and what nodes ask a relay for besides.
    public Routes routes() {
        return RelayRoutes.of(relay);
    }

    public DerpServerKey publicKey() {
        return relay.publicKey();
    }

    public RelayCounts counts() {
        return relay.counts();
    }

    /// Tells clients when to come back, hangs up, and lets no other in. Not to be called on the loop; the HTTP servers
    /// are closed afterwards, which gives the last words a moment to get out.
    @Override
    public void close() {
        loop.netty().submit(this::sayGoodbye).awaitUninterruptibly();
    }

    private void sayGoodbye() {
        relay.close();
        mesh.ifPresent(Mesh::close);
        for (ClientHandler handler : List.copyOf(relay.handlers())) {
            int reconnectIn = relay.random().nextInt(RECONNECT_SPREAD_MS);
            handler.shutDown(new DerpFrame.Restarting(reconnectIn, TRY_FOR_MS));
        }
    }
}
