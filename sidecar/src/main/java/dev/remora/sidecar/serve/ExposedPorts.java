package dev.remora.sidecar.serve;

import dev.remora.io.loop.EngineLoop;
import dev.remora.node.IncomingStream;
import dev.remora.node.PortHandler;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leads a connection to any port that is not served to the same port of localhost, as the official daemon does where it has no device. Somebody who tries all
/// ports is the normal case here: nothing is kept of a port, and what refuses is told at DEBUG at most. Used on the loop.
final class ExposedPorts implements PortHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ExposedPorts.class);

    private final EngineLoop loop;
    private final OpenConnections open;
    private final Map<IncomingStream, AppDial> dials = new HashMap<>();

    ExposedPorts(EngineLoop loop, OpenConnections open) {
        this.loop = loop;
        this.open = open;
    }

    @Override
    public void onStream(IncomingStream peer) {
        AppAddress target = new AppAddress("localhost", peer.to().port());
        Attempt attempt = new Attempt(peer);
        AppDial dial = AppDial.start(loop, target, attempt);
        if (!attempt.over) {
            dials.put(peer, dial);
        }
    }

    @Override
    public void onCancelled(IncomingStream peer) {
        AppDial dial = dials.remove(peer);
        if (dial != null) {
            dial.cancel();
        }
    }

    /// One peer's wait for whoever listens there.
    private final class Attempt implements AppDial.Listener {
        private final IncomingStream peer;
        private boolean over;

        Attempt(IncomingStream peer) {
            this.peer = peer;
        }

        @Override
        public void onConnected(DuplexChannel app) {
            end();
            Joining.begin(peer, app, open);
        }

        @Override
        public void onFailed(IOException why, boolean refused) {
            end();
            LOG.debug("{} asked for port {}: {}", peer.from(), peer.to().port(), why.getMessage());
            if (refused) {
                peer.refuse();
            } else {
                peer.ignore();
            }
        }

        private void end() {
            over = true;
            dials.remove(peer);
        }
    }
}
