package dev.remora.sidecar.serve;

import dev.remora.engine.netstack.BackendGate;
import dev.remora.io.loop.EngineLoop;
import dev.remora.node.IncomingStream;
import dev.remora.node.PortHandler;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Forwards one served port to the app.
///
/// The app is dialled before the peer is answered, so that a peer sees of an app that is down what it would see without us: a refused connection.
/// While the app refuses, one dial a second tries again. Used on the loop.
final class PortForward implements PortHandler {
    private static final Logger LOG = LoggerFactory.getLogger(PortForward.class);

    private final Dials dials;
    private final int port;
    private final AppAddress target;
    private final OpenConnections open;
    private final BackendGate gate = new BackendGate();
    private boolean refusing;
    private boolean reported;

    /// @param open counts the connections to the app
    PortForward(EngineLoop loop, int port, AppAddress target, OpenConnections open) {
        this.dials = new Dials(loop);
        this.port = port;
        this.target = target;
        this.open = open;
    }

    @Override
    public void onStream(IncomingStream peer) {
        if (gate.onRequest(System.nanoTime()) == BackendGate.Decision.REFUSE) {
            peer.refuse();
            return;
        }
        dials.start(peer, target, new Attempt(peer));
    }

    @Override
    public void onCancelled(IncomingStream peer) {
        if (dials.cancel(peer) && refusing) {
            gate.onFailed(System.nanoTime()); // this may have been the one dial that tries for all
        }
    }

    /// One peer's wait for the app.
    private final class Attempt implements AppDial.Listener {
        private final IncomingStream peer;

        Attempt(IncomingStream peer) {
            this.peer = peer;
        }

        @Override
        public void onConnected(DuplexChannel app) {
            gate.onDialled();
            refusing = false;
            if (reported) {
                reported = false;
                LOG.info("port {}: the app at {} answers again", port, target);
            }
            Joining.begin(peer, app, open);
        }

        @Override
        public void onFailed(IOException why, boolean refused) {
            if (refused) {
                refusing = true;
                gate.onFailed(System.nanoTime());
                peer.refuse();
            } else {
                peer.ignore(); // it asks again by itself, and by then the app may have time
            }
            if (!reported) {
                reported = true;
                LOG.warn(
                        "port {}: the app at {} cannot be reached ({}); peers are refused until it answers",
                        port,
                        target,
                        refused ? "connection refused" : why.getMessage());
            }
        }
    }
}
