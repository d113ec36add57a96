package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netstack.ConnectRequest;
import dev.remora.engine.netstack.NetStack;
import dev.remora.engine.netstack.TcpListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.util.IdentityHashMap;
import java.util.Optional;

/// Makes channels of the stack's streams, and knows all of them: channels without a descriptor are not closed by the end of their loop. Used on the loop.
final class StreamFactory {
    private final EventLoop loop;
    private final EngineDriver driver;
    private final NetStack stack;
    private final ChannelGroup open;

    StreamFactory(EventLoop loop, EngineDriver driver, NetStack stack) {
        this.loop = loop;
        this.driver = driver;
        this.stack = stack;
        this.open = new DefaultChannelGroup(loop);
    }

    /// Listens on a port of one of our tailnet addresses, or of all; empty if somebody else does.
    Optional<TcpListener> listen(Optional<IpAddress> ip, int port, PortHandler handler) {
        return stack.listen(ip, port, new Requests(handler));
    }

    /// Opens a connection to a peer.
    Optional<StreamChannel> connect(IpPort remote, NodeKey peer, ChannelHandler handler) {
        StreamChannel channel = channel(handler);
        var stream = stack.connect(remote, peer, channel, driver.now());
        if (stream.isEmpty()) {
            channel.unsafe().closeForcibly();
            return Optional.empty();
        }
        channel.start(stream.get());
        return Optional.of(registered(channel));
    }

    Optional<StreamChannel> accept(ConnectRequest request, ChannelHandler handler) {
        if (!request.isOpen()) {
            return Optional.empty();
        }
        StreamChannel channel = channel(handler);
        channel.start(request.accept(channel, driver.now()).orElseThrow());
        return Optional.of(registered(channel));
    }

    private StreamChannel channel(ChannelHandler handler) {
        StreamChannel channel = new StreamChannel(driver);
        channel.pipeline().addLast(handler);
        return channel;
    }

    private StreamChannel registered(StreamChannel channel) {
        loop.register(channel);
        open.add(channel);
        driver.finishBatchSoon();
        return channel;
    }

    void finishBatchSoon() {
        driver.finishBatchSoon();
    }

    /// Channels that are open now.
    int size() {
        return open.size();
    }

    void closeAll() {
        open.close();
    }

    private final class Requests implements TcpListener.Handler {
        private final PortHandler handler;
        private final IdentityHashMap<ConnectRequest, IncomingStream> undecided =
                new IdentityHashMap<>();

        Requests(PortHandler handler) {
            this.handler = handler;
        }

        @Override
        public void onRequest(ConnectRequest request) {
            IncomingStream incoming = new IncomingStream(StreamFactory.this, request);
            handler.onStream(incoming);
            undecided.keySet().removeIf(known -> !known.isOpen());
            if (request.isOpen()) {
                undecided.put(request, incoming);
            }
        }

        @Override
        public void onCancelled(ConnectRequest request) {
            IncomingStream incoming = undecided.remove(request);
            if (incoming != null) {
                handler.onCancelled(incoming);
            }
        }
    }
}
