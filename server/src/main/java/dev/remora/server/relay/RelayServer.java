package dev.remora.server.relay;

import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpServerKey;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A DERP relay on one TCP address, on a loop that may have other work as well.
public final class RelayServer implements AutoCloseable {
    private static final int BACKLOG = 1024;

    /// What one client that does not read may have in its channel, besides its queues.
    private static final WriteBufferWaterMark CHANNEL_BYTES =
            new WriteBufferWaterMark(32 << 10, 64 << 10);

    /// What we send must be acknowledged within this time, or the network to the client is gone.
    private static final int UNACKNOWLEDGED_MS = 15_000;

    private static final long FAREWELL_MS = 2_000;

    /// Clients come back spread over this time, and are asked to try for a minute.
    private static final int RECONNECT_SPREAD_MS = 5_000;

    private static final int TRY_FOR_MS = 60_000;

    private final EngineLoop loop;
    private final RelayContext relay;
    private final Channel listener;
    private final ChannelGroup connections;

    private RelayServer(
            EngineLoop loop, RelayContext relay, Channel listener, ChannelGroup connections) {
        this.loop = loop;
        this.relay = relay;
        this.listener = listener;
        this.connections = connections;
    }

    /// Starts listening.
    ///
    /// @throws IOException if the address cannot be had; the message says which and why
    public static RelayServer start(EngineLoop loop, RelaySettings settings) throws IOException {
        long start = System.nanoTime();
        RelayContext relay =
                RelayContext.of(settings, new SecureRandom(), () -> System.nanoTime() - start);
        ChannelGroup connections = new DefaultChannelGroup(loop.netty());
        ChannelFuture binding =
                bootstrap(loop)
                        .childHandler(new Door(settings, relay, connections))
                        .bind(settings.listen())
                        .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            String why = binding.cause().getMessage();
            throw new IOException(
                    "cannot listen for DERP on " + settings.listen() + ": " + why, binding.cause());
        }
        return new RelayServer(loop, relay, binding.channel(), connections);
    }

    private static ServerBootstrap bootstrap(EngineLoop loop) {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newServerSocket)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, CHANNEL_BYTES);
        return loop.watchesDescriptors()
                ? bootstrap.childOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
                : bootstrap;
    }

    /// Lets connections in, as many as there may be.
    private static final class Door extends ChannelInitializer<Channel> {
        private final RelaySettings settings;
        private final RelayContext relay;
        private final ChannelGroup connections;

        Door(RelaySettings settings, RelayContext relay, ChannelGroup connections) {
            this.settings = settings;
            this.relay = relay;
            this.connections = connections;
        }

        @Override
        protected void initChannel(Channel channel) {
            relay.counts().accepted();
            if (connections.size() >= settings.mostConnections()) {
                relay.counts().hungUp(Hangup.FULL);
                channel.close();
                return;
            }
            connections.add(channel);
            settings.tls()
                    .ifPresent(tls -> channel.pipeline().addLast(tls.newHandler(channel.alloc())));
            HttpFront.addTo(channel, relay);
        }
    }

    /// Where it listens, with the port that the system chose if it was asked to.
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    public DerpServerKey publicKey() {
        return relay.publicKey();
    }

    public RelayCounts counts() {
        return relay.counts();
    }

    /// Stops listening, tells the clients when to come back, and waits a moment until they have been told. Not to be
    /// called on the loop.
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        loop.netty().submit(this::sayGoodbye).awaitUninterruptibly();
        connections.close().awaitUninterruptibly(FAREWELL_MS, TimeUnit.MILLISECONDS);
    }

    private void sayGoodbye() {
        for (ClientHandler handler : List.copyOf(relay.handlers())) {
            int reconnectIn = relay.random().nextInt(RECONNECT_SPREAD_MS);
            handler.shutDown(new DerpFrame.Restarting(reconnectIn, TRY_FOR_MS));
        }
    }
}
