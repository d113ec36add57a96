package dev.remora.sidecar.serve;

import dev.remora.io.loop.EngineLoop;
import dev.remora.node.IncomingStream;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// The dials to an app that are under way, each for a peer who waits. Used on the loop.
final class Dials {
    private final EngineLoop loop;
    private final Map<IncomingStream, AppDial> underWay = new HashMap<>();

    Dials(EngineLoop loop) {
        this.loop = loop;
    }

    /// Dials for this peer. `listener` hears once what came of it, maybe before this returns.
    void start(IncomingStream peer, AppAddress target, AppDial.Listener listener) {
        Attempt attempt = new Attempt(peer, listener);
        AppDial dial = AppDial.start(loop, target, attempt);
        if (!attempt.over) {
            underWay.put(peer, dial);
        }
    }

    /// Gives up what is under way for this peer.
    ///
    /// @return whether anything was
    boolean cancel(IncomingStream peer) {
        AppDial dial = underWay.remove(peer);
        if (dial == null) {
            return false;
        }
        dial.cancel();
        return true;
    }

    /// One peer's wait for the app.
    private final class Attempt implements AppDial.Listener {
        private final IncomingStream peer;
        private final AppDial.Listener listener;
        private boolean over;

        Attempt(IncomingStream peer, AppDial.Listener listener) {
            this.peer = peer;
            this.listener = listener;
        }

        @Override
        public void onConnected(DuplexChannel app) {
            end();
            listener.onConnected(app);
        }

        @Override
        public void onFailed(IOException why, boolean refused) {
            end();
            listener.onFailed(why, refused);
        }

        private void end() {
            over = true;
            underWay.remove(peer);
        }
    }
}
