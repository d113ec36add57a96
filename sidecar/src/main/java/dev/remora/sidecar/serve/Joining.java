package dev.remora.sidecar.serve;

import dev.remora.node.IncomingStream;
import dev.remora.node.StreamChannel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.util.Optional;

/// Brings a peer and the app together once the app has answered. Waits until the peer has confirmed the connection; what the app says first must not be lost.
final class Joining extends ChannelInboundHandlerAdapter {
    private final DuplexChannel app;

    private Joining(DuplexChannel app) {
        this.app = app;
    }

    /// Accepts the peer; the app's connection ends with the peer's, however far that has come.
    static void begin(IncomingStream peer, DuplexChannel app, OpenConnections open) {
        open.add(app);
        Optional<StreamChannel> stream = peer.accept(new Joining(app));
        if (stream.isEmpty()) {
            app.close(); // the peer has given up meanwhile
        } else {
            stream.get().closeFuture().addListener(closed -> closeUnlessJoined(app));
        }
    }

    private static void closeUnlessJoined(DuplexChannel app) {
        if (app.pipeline().get(Splice.class) == null) {
            app.close();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        DuplexChannel peer = (DuplexChannel) ctx.channel();
        ctx.pipeline().remove(this);
        if (app.isActive()) {
            Splice.join(peer, app);
            app.pipeline().remove(EarlyWords.class);
        } else {
            Splice.reset(peer);
        }
    }
}
