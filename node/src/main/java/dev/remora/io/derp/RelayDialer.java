package dev.remora.io.derp;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.engine.netmap.DerpAddress;
import dev.remora.engine.netmap.DerpNode;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.HttpProxy;
import dev.remora.io.loop.HttpTunnel;
import dev.remora.io.loop.ServerIdentity;
import dev.remora.io.loop.TlsTrust;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Finds a node of a region that accepts a TCP connection: in the order of the map, addresses the map fixes before
/// those that DNS knows. Where a proxy stands in between, its way there is taken instead, and it looks up the name.
final class RelayDialer {
    private static final String PIN = "sha256-raw:";

    /// A name with a dozen addresses must not become a dozen connections.
    private static final int ADDRESSES_PER_FAMILY = 2;

    private final EngineLoop loop;
    private final TlsTrust trust;
    private final HttpProxies proxies;
    private final Executor slow;
    private boolean preferIpv6;

    /// @param slow where name look-ups and TLS handshakes run
    RelayDialer(EngineLoop loop, TlsTrust trust, HttpProxies proxies, Executor slow) {
        this.loop = loop;
        this.trust = trust;
        this.proxies = proxies;
        this.slow = slow;
    }

    /// A connection to the relay, and the handler that would secure it.
    record Dialed(DerpNode node, Channel channel, SslHandler tls) {}

    void preferIpv6(boolean works) {
        preferIpv6 = works;
    }

    /// Whoever loses interest cancels.
    Future<Dialed> dial(DerpRegion region) {
        Attempt attempt = new Attempt(region);
        attempt.next();
        return attempt.done;
    }

    /// What a connection needs: to get through a proxy, if there is one, and to be secured.
    private record Handlers(List<ChannelHandler> tunnel, Promise<Channel> opened, SslHandler tls) {}

    private Optional<HttpProxy> proxyTo(DerpNode node) {
        return proxies.towards(true, node.hostName(), node.derpPort());
    }

    private List<ChannelHandler> tunnel(HttpProxy proxy, DerpNode node, Promise<Channel> opened) {
        return HttpTunnel.handlers(proxy, node.hostName(), node.derpPort(), trust, slow, opened);
    }

    /// One set of addresses that are tried at once.
    private record Round(DerpNode node, boolean byName) {}

    private final class Attempt {
        private final Promise<Dialed> done = loop.netty().newPromise();
        private final Queue<Round> rounds = new ArrayDeque<>();
        private @Nullable Throwable firstFailure;

        Attempt(DerpRegion region) {
            for (DerpNode node : region.nodes()) {
                if (!node.stunOnly()) {
                    addRounds(node);
                }
            }
        }

        private void addRounds(DerpNode node) {
            if (proxyTo(node).isPresent()) {
                rounds.add(new Round(node, true));
                return;
            }
            List<DerpAddress> families = List.of(node.ipv4(), node.ipv6());
            if (families.stream().anyMatch(DerpAddress.Fixed.class::isInstance)) {
                rounds.add(new Round(node, false));
            }
            if (families.stream().anyMatch(DerpAddress.ByName.class::isInstance)) {
                rounds.add(new Round(node, true));
            }
        }

        void next() {
            Round round = rounds.poll();
            if (round != null) {
                slow.execute(() -> prepare(round));
            } else {
                done.tryFailure(
                        firstFailure != null
                                ? firstFailure
                                : new IOException("the region has no relay that could be reached"));
            }
        }

        /// Off the loop.
        private void prepare(Round round) {
            try {
                Optional<HttpProxy> proxy = proxyTo(round.node());
                List<InetSocketAddress> addresses =
                        proxy.isPresent() ? addresses(proxy.get()) : addresses(round);
                Promise<Channel> opened = loop.netty().newPromise();
                List<ChannelHandler> first =
                        proxy.map(p -> tunnel(p, round.node(), opened)).orElse(List.of());
                SslHandler tls = tls(round.node());
                loop.netty()
                        .execute(() ->
                                race(round.node(), addresses, new Handlers(first, opened, tls)));
            } catch (IOException | RuntimeException e) {
                loop.netty().execute(() -> failed(e));
            }
        }

        private void race(DerpNode node, List<InetSocketAddress> addresses, Handlers handlers) {
            if (done.isDone()) {
                return;
            }
            Future<Channel> race = ConnectRace.run(loop, addresses, preferIpv6);
            race.addListener(finished -> {
                if (!finished.isSuccess()) {
                    failed(finished.cause());
                } else if (handlers.tunnel().isEmpty()) {
                    finish(new Dialed(node, race.getNow(), handlers.tls()));
                } else {
                    openTunnel(node, race.getNow(), handlers);
                }
            });
        }

        private void openTunnel(DerpNode node, Channel channel, Handlers handlers) {
            done.addListener(over -> {
                if (!over.isSuccess()) {
                    channel.close(); // whoever wanted it has lost patience
                }
            });
            handlers.opened()
                    .addListener(open -> {
                        if (open.isSuccess()) {
                            finish(new Dialed(node, channel, handlers.tls()));
                        } else {
                            channel.close();
                            failed(open.cause());
                        }
                    });
            handlers.tunnel().forEach(channel.pipeline()::addLast);
        }

        private void finish(Dialed dialed) {
            if (!done.trySuccess(dialed)) {
                dialed.channel().close();
            }
        }

        private void failed(Throwable cause) {
            firstFailure = firstFailure == null ? cause : firstFailure;
            if (!done.isDone()) {
                next();
            }
        }
    }

    private SslHandler tls(DerpNode node) throws IOException {
        return trust.handler(identity(node), node.derpPort(), slow);
    }

    /// Whom the map says we should find there. A name or pin for the certificate holds for test nodes too.
    static ServerIdentity identity(DerpNode node) throws IOException {
        String host = node.hostName();
        String certName = node.certName().orElse("");
        if (certName.startsWith(PIN)) {
            try {
                Bytes32 sha256 = Bytes32.parseHex(certName.substring(PIN.length()));
                return new ServerIdentity.Pinned(host, sha256);
            } catch (MalformedException e) {
                throw new IOException("the DERP map pins \"" + certName + "\": " + e.reason());
            }
        }
        if (!certName.isEmpty()) {
            return new ServerIdentity.Named(host, certName);
        }
        return node.insecureForTests()
                ? new ServerIdentity.Anyone(host)
                : new ServerIdentity.Named(host);
    }

    private static List<InetSocketAddress> addresses(HttpProxy proxy) throws IOException {
        return Arrays.stream(InetAddress.getAllByName(proxy.host()))
                .limit(ADDRESSES_PER_FAMILY)
                .map(ip -> new InetSocketAddress(ip, proxy.port()))
                .toList();
    }

    private static List<InetSocketAddress> addresses(Round round) throws IOException {
        DerpNode node = round.node();
        List<InetAddress> found = new ArrayList<>();
        if (round.byName()) {
            List<InetAddress> named = List.of(InetAddress.getAllByName(node.hostName()));
            addNamed(node.ipv4(), Inet4Address.class, named, found);
            addNamed(node.ipv6(), Inet6Address.class, named, found);
        } else {
            addFixed(node.ipv4(), found);
            addFixed(node.ipv6(), found);
        }
        if (found.isEmpty()) {
            throw new IOException(
                    node.hostName() + " has no address of a family it may be used with");
        }
        return found.stream().map(ip -> new InetSocketAddress(ip, node.derpPort())).toList();
    }

    private static void addNamed(
            DerpAddress family,
            Class<? extends InetAddress> type,
            List<InetAddress> named,
            List<InetAddress> to) {
        if (family instanceof DerpAddress.ByName) {
            named.stream().filter(type::isInstance).limit(ADDRESSES_PER_FAMILY).forEach(to::add);
        }
    }

    private static void addFixed(DerpAddress family, List<InetAddress> to) throws IOException {
        if (family instanceof DerpAddress.Fixed(IpAddress ip)) {
            to.add(InetAddress.getByAddress(ip.toBytes()));
        }
    }
}
