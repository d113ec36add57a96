package dev.remora.server.http;

import dev.remora.base.IpAddress;
import dev.remora.io.loop.Binding;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.JdkAddresses;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Listens on one TCP address for whatever its routes serve, on a loop that may have other work as well.
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int BACKLOG = 1024;

    /// What one client that does not read may have in its channel, besides queues of those who write.
    private static final WriteBufferWaterMark CHANNEL_BYTES =
            new WriteBufferWaterMark(32 << 10, 64 << 10);

    /// What is read of one connection before others have their turn: three records of TLS, which is less than a relay keeps for
    /// somebody who does not read at once. Who sends as fast as it can would else be read for milliseconds at a time.
    private static final RecvByteBufAllocator TURN =
            new AdaptiveRecvByteBufAllocator(64, 2048, 16 << 10).maxMessagesPerRead(3);

    /// What we send must be acknowledged within this time, or the network to the client is gone.
    private static final int UNACKNOWLEDGED_MS = 15_000;

    private static final long FAREWELL_MS = 2_000;

    private final Channel listener;
    private final ChannelGroup connections;
    private final HttpCounts counts;

    private HttpServer(Channel listener, ChannelGroup connections, HttpCounts counts) {
        this.listener = listener;
        this.connections = connections;
        this.counts = counts;
    }

    /// Starts listening.
    ///
    /// @throws IOException if the address cannot be had; the message says which and why
    public static HttpServer start(EngineLoop loop, HttpSettings settings, Routes routes)
            throws IOException {
        HttpCounts counts = new HttpCounts();
        ChannelGroup connections = new DefaultChannelGroup(loop.netty());
        ChannelFuture binding =
                bootstrap(loop)
                        .childHandler(new Door(settings, routes, connections, counts))
                        .bind(settings.listen());
        Channel listener = Binding.await(binding, "TCP " + JdkAddresses.read(settings.listen()));
        return new HttpServer(listener, connections, counts);
    }

    private static ServerBootstrap bootstrap(EngineLoop loop) {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newServerSocket)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.RECVBUF_ALLOCATOR, TURN)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, CHANNEL_BYTES);
        return loop.watchesDescriptors()
                ? bootstrap.childOption(EpollChannelOption.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)
                : bootstrap;
    }

    /// Lets connections in, as many as there may be.
    private static final class Door extends ChannelInitializer<Channel> {
        private final HttpSettings settings;
        private final Routes routes;
        private final ChannelGroup connections;
        private final HttpCounts counts;
        private final House house;
        private final Lobby lobby;
        private final News<HttpEnd> news = new News<>(System::nanoTime);

        Door(HttpSettings settings, Routes routes, ChannelGroup connections, HttpCounts counts) {
            this.settings = settings;
            this.routes = routes;
            this.connections = connections;
            this.counts = counts;
            this.house = new House(settings.mostConnections());
            this.lobby = new Lobby(settings.mostWaiting(), settings.mostWaitingPerSource());
        }

        @Override
        protected void initChannel(Channel channel) {
            counts.accept();
            IpAddress from = from(channel);
            if (!house.admit(channel, Source.of(from), settings.proxies().trusts(from))) {
                counts.end(HttpEnd.FULL);
                if (news.isNew(HttpEnd.FULL)) {
                    LOG.warn("there are {} connections, more are not let in", house.count());
                }
                channel.close();
                return;
            }
            connections.add(channel);
            settings.tls()
                    .ifPresent(tls -> channel.pipeline().addLast(tls.newHandler(channel.alloc())));
            lobby.enter(
                    HttpFront.addTo(channel, routes, settings.proxies(), counts),
                    from,
                    settings.proxies());
        }
    }

    private static IpAddress from(Channel channel) {
        InetSocketAddress address = (InetSocketAddress) channel.remoteAddress();
        return JdkAddresses.read(address).ip();
    }

    /// Where it listens, with the port that the system chose if it was asked to.
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    public HttpCounts counts() {
        return counts;
    }

    /// Lets nobody in any more; who is here stays.
    public void stopListening() {
        listener.close().awaitUninterruptibly();
    }

    /// Stops listening, and ends connections as soon as what was written to them has gone, or after a moment. Who has
    /// taken connections over says goodbye before. Not to be called on the loop.
    @Override
    public void close() {
        stopListening();
        connections.close().awaitUninterruptibly(FAREWELL_MS, TimeUnit.MILLISECONDS);
    }
}
