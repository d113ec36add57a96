package dev.remora.io.control;

import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.HttpProxy;
import dev.remora.io.loop.HttpTunnel;
import dev.remora.io.loop.ServerIdentity;
import dev.remora.io.loop.TlsTrust;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
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
    private final HttpProxies proxies;
    private final ExecutorService slow;

    Dialer(EngineLoop loop, TlsTrust trust, HttpProxies proxies, ExecutorService slow) {
        this.loop = loop;
        this.trust = trust;
        this.proxies = proxies;
        this.slow = slow;
    }

    /// A server, and where to connect to get there: its own address, or that of a proxy which looks up its name.
    record Hop(String host, int port, InetSocketAddress address, Optional<HttpProxy> through) {
        static Hop direct(InetAddress ip, String host, int port) {
            return new Hop(host, port, new InetSocketAddress(ip, port), Optional.empty());
        }
    }

    /// True if a proxy stands between us and the server.
    boolean isProxied(boolean tls, String host, int port) {
        return proxies.towards(tls, host, port).isPresent();
    }

    /// All places to connect to for a server, in the order in which to try them.
    List<Hop> hops(boolean tls, String host, int port) throws IOException, InterruptedException {
        Optional<HttpProxy> proxy = proxies.towards(tls, host, port);
        List<Hop> hops = new ArrayList<>();
        for (InetAddress ip : lookUp(proxy.map(HttpProxy::host).orElse(host))) {
            hops.add(
                    proxy.isPresent()
                            ? new Hop(
                                    host,
                                    port,
                                    new InetSocketAddress(ip, proxy.get().port()),
                                    proxy)
                            : Hop.direct(ip, host, port));
        }
        return hops;
    }

    private List<InetAddress> lookUp(String host) throws IOException, InterruptedException {
        CompletableFuture<List<InetAddress>> found =
                CompletableFuture.supplyAsync(() -> resolve(host), slow);
        try {
            return found.get(LOOKUP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new UnknownHostException("DNS does not answer for " + host);
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
            Hop hop,
            Optional<ServerIdentity> tls,
            BiFunction<Channel, CompletableFuture<T>, List<ChannelHandler>> handlers) {
        CompletableFuture<T> result = new CompletableFuture<>();
        slow.execute(() -> {
            try {
                connect(hop.address(), outer(hop, tls), handlers, result);
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /// What stands in front of a conversation: the way through a proxy, then TLS with the server.
    private List<ChannelHandler> outer(Hop hop, Optional<ServerIdentity> tls) {
        List<ChannelHandler> outer = new ArrayList<>();
        hop.through()
                .ifPresent(proxy ->
                        outer.addAll(
                                HttpTunnel.handlers(
                                        proxy,
                                        hop.host(),
                                        hop.port(),
                                        trust,
                                        slow,
                                        loop.netty().newPromise())));
        tls.ifPresent(identity -> outer.add(trust.handler(identity, hop.port(), slow)));
        return outer;
    }

    private <T> void connect(
            InetSocketAddress address,
            List<ChannelHandler> outer,
            BiFunction<Channel, CompletableFuture<T>, List<ChannelHandler>> handlers,
            CompletableFuture<T> result) {
        ChannelFuture connecting =
                loop.watchful(new Bootstrap())
                        .group(loop.netty())
                        .channelFactory(loop::newSocket)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
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
            if (failure != null && !loop.netty().isShuttingDown()) { // which closes it, too
                connecting.channel().close();
            }
        });
    }
}
