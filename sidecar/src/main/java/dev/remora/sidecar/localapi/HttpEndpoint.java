package dev.remora.sidecar.localapi;

import dev.remora.io.loop.EngineLoop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Map;

/// Plain HTTP on a TCP port, for probes: no rights, small requests, connections that stay silent are ended.
public final class HttpEndpoint implements AutoCloseable {
    private static final int MAX_BODY = 4 << 10;
    private static final int MAX_CONNECTIONS = 64;
    private static final int SILENCE_S = 30;

    private final Channel listener;
    private final ChannelGroup connections;

    private HttpEndpoint(Channel listener, ChannelGroup connections) {
        this.listener = listener;
        this.connections = connections;
    }

    /// @throws IOException if `address` cannot be listened on; the message says why
    public static HttpEndpoint start(EngineLoop loop, InetSocketAddress address, ApiHandler handler)
            throws IOException {
        ChannelGroup connections = new DefaultChannelGroup(loop.netty());
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newServerSocket)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        if (connections.size() >= MAX_CONNECTIONS) {
                                            channel.close();
                                            return;
                                        }
                                        connections.add(channel);
                                        channel.pipeline()
                                                .addLast(new ReadTimeoutHandler(SILENCE_S))
                                                .addLast(
                                                        new HttpServerCodec(
                                                                new HttpDecoderConfig()))
                                                .addLast(new HttpObjectAggregator(MAX_BODY))
                                                .addLast(new FlowControlHandler())
                                                .addLast(RequestHandler.open(Map.of(), handler));
                                    }
                                });
        ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
        if (!binding.isSuccess() && isEverywhere(address)) {
            // a container's network often has no IPv6, and there this address does not exist
            InetSocketAddress ip4 = new InetSocketAddress("0.0.0.0", address.getPort());
            binding = bootstrap.bind(ip4).awaitUninterruptibly();
        }
        if (!binding.isSuccess()) {
            throw new IOException(
                    "cannot listen on "
                            + address.getAddress().getHostAddress()
                            + " port "
                            + address.getPort()
                            + ": "
                            + LocalApiServer.why(binding.cause()));
        }
        return new HttpEndpoint(binding.channel(), connections);
    }

    private static boolean isEverywhere(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address any && any.isAnyLocalAddress();
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
    }
}
