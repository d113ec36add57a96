package dev.remora.sidecar.serve;

import dev.remora.io.loop.EngineLoop;
import dev.remora.node.IncomingStream;
import dev.remora.node.PortHandler;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leads a connection to any port that is not served to the same port of localhost, as the official daemon does where it has no device. Somebody who tries all
/// ports is the normal case here: nothing is kept of a port, and what refuses is told at DEBUG at most. Used on the loop.
final class ExposedPorts implements PortHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ExposedPorts.class);

    private final Dials dials;
    private final OpenConnections open;

    ExposedPorts(EngineLoop loop, OpenConnections open) {
        this.dials = new Dials(loop);
        this.open = open;
    }

    @Override
    public void onStream(IncomingStream peer) {
        dials.start(peer, new AppAddress("localhost", peer.to().port()), new Attempt(peer));
    }

    @Override
    public void onCancelled(IncomingStream peer) {
        dials.cancel(peer);
    }

    /// One peer's wait for whoever listens there.
    private final class Attempt implements AppDial.Listener {
        private final IncomingStream peer;

        Attempt(IncomingStream peer) {
            this.peer = peer;
        }

        @Override
        public void onConnected(DuplexChannel app) {
            Joining.begin(peer, app, open);
        }

        @Override
        public void onFailed(IOException why, boolean refused) {
            LOG.debug("{} asked for port {}: {}", peer.from(), peer.to().port(), why.getMessage());
            if (refused) {
                peer.refuse();
            } else {
                peer.ignore();
            }
        }
    }
}
