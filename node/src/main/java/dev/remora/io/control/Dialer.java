package dev.remora.io.control;

import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.ServerIdentity;
import dev.remora.io.loop.TlsTrust;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/// Opens channels to servers. What is slow about it, looking up names and TLS, happens off the loop.
final class Dialer {
    private static final int CONNECT_TIMEOUT_MS = 5000;
    private static final Duration LOOKUP_TIMEOUT = Duration.ofSeconds(8);

    /// More addresses than this of one name are not tried.
    private static final int MAX_ADDRESSES = 4;

    private final EngineLoop loop;
    private final TlsTrust trust;
    private final ExecutorService slow;

    Dialer(EngineLoop loop, TlsTrust trust, ExecutorService slow) {
        this.loop = loop;
        this.trust = trust;
        this.slow = slow;
    }

    /// All addresses of a name, in the order in which to try them.
    List<InetAddress> lookUp(String host) throws IOException, InterruptedException {
        CompletableFuture<List<InetAddress>> found =
                CompletableFuture.supplyAsync(() -> resolve(host), slow);
        try {
            return found.get(LOOKUP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new InterruptedIOException("DNS does not answer for " + host);
        }
    }

    private static List<InetAddress> resolve(String host) {
        try {
            return List.of(InetAddress.getAllByName(host)).stream().limit(MAX_ADDRESSES).toList();
        } catch (UnknownHostException e) {
            throw new CompletionException(e);
        }
    }

    /// Connects, and puts handlers on the channel: TLS if wanted, then those that `handlers` makes, which
    /// complete the future. Whoever cancels the future closes the channel.
    <T> CompletableFuture<T> connect(
            InetSocketAddress address,
            Optional<ServerIdentity> tls,
            BiFunction<Channel, CompletableFuture<T>, List<ChannelHandler>> handlers) {
        CompletableFuture<T> result = new CompletableFuture<>();
        slow.execute(() -> {
            try {
                List<ChannelHandler> outer =
                        tls
                                .<ChannelHandler>map(identity ->
                                        trust.handler(
                                                ByteBufAllocator.DEFAULT,
                                                identity,
                                                address.getPort(),
                                                slow))
                                .stream()
                                .toList();
                connect(address, outer, handlers, result);
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private <T> void connect(
            InetSocketAddress address,
            List<ChannelHandler> outer,
            BiFunction<Channel, CompletableFuture<T>, List<ChannelHandler>> handlers,
            CompletableFuture<T> result) {
        ChannelFuture connecting =
                new Bootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newSocket)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                        .option(ChannelOption.SO_KEEPALIVE, true)
                        .handler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        outer.forEach(channel.pipeline()::addLast);
                                        handlers.apply(channel, result)
                                                .forEach(channel.pipeline()::addLast);
                                    }
                                })
                        .connect(address);
        connecting.addListener(done -> {
            if (!done.isSuccess()) {
                result.completeExceptionally(done.cause());
            }
        });
        result.whenComplete((value, failure) -> {
            if (failure != null) {
                connecting.channel().close();
            }
        });
    }
}
