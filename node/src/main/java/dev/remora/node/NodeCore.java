package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.Engine;
import dev.remora.engine.NetworkPrefs;
import dev.remora.engine.PeerStatus;
import dev.remora.engine.PingResult;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.engine.netstack.NetStackConfig;
import dev.remora.engine.netstack.TcpListener;
import dev.remora.engine.path.Endpoint;
import dev.remora.engine.path.LocalSockets;
import dev.remora.io.control.ControlState;
import dev.remora.io.derp.DerpRelays;
import dev.remora.io.derp.RelayListener;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.udp.LinkWatch;
import dev.remora.io.udp.LocalAddresses;
import dev.remora.proto.control.NetInfo;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything of a node that lives on its loop: engine, UDP sockets, relays, streams. Each method is called there.
final class NodeCore implements Performer.Reports, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeCore.class);

    private final NodeSettings settings;
    private final EngineLoop loop;
    private final Instant startedAt;
    private final NodeListener listener;
    private final EngineDriver driver;
    private final UdpPorts udp;
    private final DerpRelays relays;
    private final Engine engine;
    private final StreamFactory streams;
    private final Map<Long, CompletableFuture<PingResult>> pings = new HashMap<>();
    private final List<CompletableFuture<NetReport>> netchecks = new ArrayList<>();
    private volatile @Nullable NodeControl control;
    private @Nullable LinkWatch links;
    private @Nullable LocalSockets sockets;
    private long pingToken;

    /// Peers have not seen our key yet. Those who have would lose the session that a greeting begins, when they learn that we were started anew.
    private boolean newcomer;

    // Read by other threads, for what control is told first.
    private volatile List<Endpoint> endpoints = List.of();
    private volatile Optional<NetInfo> netInfo = Optional.empty();

    NodeCore(
            NodeSettings settings,
            EngineLoop loop,
            Executor slow,
            SecureRandom random,
            Instant startedAt,
            LongSupplier clock,
            NodeListener listener) {
        this.settings = settings;
        this.loop = loop;
        this.startedAt = startedAt;
        this.listener = listener;
        driver = new EngineDriver(loop.netty(), clock);
        udp =
                new UdpPorts(
                        loop,
                        settings.udpPort(),
                        driver::onDatagrams,
                        driver::finishBatch,
                        this::onRebindWanted);
        NodePrivateKey nobody = NodePrivateKey.generate(random); // until a login says who we are
        relays =
                new DerpRelays(
                        loop, nobody, settings.trust(), slow, random, clock, new FromRelays());
        Performer performer = new Performer(driver, udp, loop.netty(), slow, this);
        long epoch = startedAt.getEpochSecond() * 1_000_000_000L + startedAt.getNano();
        engine =
                new Engine(
                        nobody,
                        settings.aead(),
                        NetStackConfig.withMemory(settings.memory()),
                        () -> epoch,
                        random,
                        performer::perform);
        driver.drive(engine);
        streams = new StreamFactory(loop.netty(), driver, engine.stack());
    }

    void control(NodeControl of) {
        control = of;
    }

    void open() {
        udp.open(0);
        links = LinkWatch.start(loop, this::onLinkChange);
        readLocalSockets();
        driver.finishBatch();
    }

    // What control brings.

    void onSelfKey(NodePrivateKey key, boolean isNewcomer) {
        newcomer |= isNewcomer;
        engine.onSelfKey(key);
        relays.rotate(key);
        driver.finishBatch();
    }

    void onNetMap(NetMap map) {
        relays.onDerpMap(map.derpMap());
        engine.onNetMap(map, driver.now());
        driver.finishBatch();
        listener.onChange();
    }

    void onStopped() {
        engine.onStopped(driver.now());
        driver.finishBatch();
        relays.onDerpMap(DerpMap.EMPTY);
    }

    void onPrefs(NetworkPrefs prefs) {
        engine.onPrefs(prefs);
        driver.finishBatch();
    }

    // What the engine says.

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public DerpRelays relays() {
        return relays;
    }

    @Override
    public void onEndpoints(List<Endpoint> found) {
        endpoints = List.copyOf(found);
        if (control != null) {
            control.onEndpoints(endpoints);
        }
    }

    @Override
    public void onNetwork(Optional<NetReport> report, Optional<DerpRegionId> home) {
        home.ifPresent(relays::setHome);
        NetInfo known = report.map(done -> done.netInfo(home)).orElseGet(() -> homeOnly(home));
        netInfo = Optional.of(known);
        if (control != null) {
            control.onNetwork(known);
        }
        report.ifPresent(done -> {
            relays.preferIpv6(done.ipv6());
            netchecks.forEach(waiting -> waiting.complete(done));
            netchecks.clear();
        });
        listener.onChange();
    }

    /// Peers can be told where to call before anything was measured.
    private static NetInfo homeOnly(Optional<DerpRegionId> home) {
        return new NetInfo(
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                home.map(DerpRegionId::value).orElse(0),
                null,
                null,
                null);
    }

    @Override
    public void onPinged(long token, PingResult result) {
        CompletableFuture<PingResult> waiting = pings.remove(token);
        if (waiting != null) {
            waiting.complete(result);
        }
    }

    @Override
    public void onRebindWanted() {
        LOG.info("opening the UDP sockets anew");
        udp.reopen();
        onLinkChange();
    }

    @Override
    public void onChange() {
        listener.onChange();
    }

    // What the machine says.

    private void onLinkChange() {
        if (readLocalSockets()) {
            engine.onLinkChange(driver.now());
            if (control != null) {
                control.onLinkChange();
            }
        }
        driver.finishBatch();
    }

    /// Whether addresses or sockets are others than before.
    private boolean readLocalSockets() {
        List<LocalAddresses.LocalAddress> addresses;
        try {
            addresses = LocalAddresses.list();
        } catch (IOException e) {
            LOG.warn("cannot list this machine's addresses: {}", e.getMessage());
            return false;
        }
        LocalSockets now =
                new LocalSockets(
                        addresses.stream().map(NodeCore::local).toList(),
                        udp.port(true),
                        udp.port(false),
                        udp.isPortConfigured());
        boolean changed = !now.equals(sockets);
        sockets = now;
        if (changed) {
            engine.onLocalSockets(now, driver.now());
            relays.onLinkChange(
                    addresses.stream()
                            .map(LocalAddresses.LocalAddress::ip)
                            .filter(ip -> !ip.isLoopback())
                            .collect(Collectors.toSet()));
        }
        return changed;
    }

    private static LocalSockets.LocalAddress local(LocalAddresses.LocalAddress address) {
        return new LocalSockets.LocalAddress(
                address.interfaceName(), new IpPrefix(address.ip(), address.prefixBits()));
    }

    private final class FromRelays implements RelayListener {
        /// Relays that were lost and are not back: what each further attempt says is no news.
        private final Set<DerpRegionId> lost = new HashSet<>();

        @Override
        public void onPacket(DerpRegionId region, NodeKey from, ByteBuffer packet) {
            engine.onRelayed(region, from, packet, driver.now());
            driver.finishBatchSoon();
        }

        @Override
        public void onHeard(DerpRegionId region) {
            engine.netChecks().onDerpFrame(region, driver.now());
        }

        @Override
        public void onPeerGone(DerpRegionId region, NodeKey peer, int reason) {
            LOG.debug("{} is not at relay {}", peer, region);
        }

        @Override
        public void onConnected(DerpRegionId region) {
            lost.remove(region);
            LOG.info("relay {}: connected", region);
            if (newcomer && engine.netChecks().home().equals(Optional.of(region))) {
                newcomer = false;
                engine.onHomeRelayConnected(driver.now());
                driver.finishBatchSoon();
            }
            listener.onChange();
        }

        @Override
        public void onDisconnected(DerpRegionId region, String why, long nextTryAt) {
            if (lost.add(region)) {
                LOG.info("relay {}: {}", region, why);
            } else {
                LOG.debug("relay {}: {}", region, why);
            }
            listener.onChange();
        }

        @Override
        public void onHealth(DerpRegionId region, String problem) {
            listener.onChange();
        }
    }

    // What users of the node ask.

    Optional<ServedPort> listen(int port, PortHandler handler) {
        return streams.listen(port, handler).map(Served::new);
    }

    private final class Served implements ServedPort {
        private final TcpListener of;

        Served(TcpListener of) {
            this.of = of;
        }

        @Override
        public int port() {
            return of.port();
        }

        @Override
        public void close() {
            loop.netty()
                    .execute(() -> {
                        of.close(driver.now());
                        driver.finishBatch();
                    });
        }
    }

    void connect(
            IpAddress to,
            int port,
            ChannelHandler handler,
            CompletableFuture<StreamChannel> result) {
        Optional<NodeKey> peer = engine.peerOf(to);
        if (peer.isEmpty()) {
            result.completeExceptionally(
                    new IOException(to + " is no address of a node in this tailnet"));
            return;
        }
        Optional<StreamChannel> channel =
                streams.connect(new IpPort(to, port), peer.get(), handler);
        if (channel.isPresent()) {
            result.complete(channel.get());
        } else {
            result.completeExceptionally(
                    new IOException(
                            "no connection to "
                                    + to
                                    + ": no address of that family, or too many connections"));
        }
    }

    void ping(IpAddress to, PingKind kind, int size, CompletableFuture<PingResult> result) {
        Optional<NodeKey> peer = engine.peerOf(to);
        if (peer.isEmpty()) {
            result.complete(new PingResult.Failed("no matching peer"));
            return;
        }
        long token = pingToken++;
        pings.put(token, result);
        switch (kind) {
            case DISCO -> engine.pingDisco(peer.get(), token, size, driver.now());
            case TSMP -> engine.pingTsmp(to, token, driver.now());
            case ICMP -> engine.pingIcmp(to, token, driver.now());
        }
        driver.finishBatch();
    }

    void netcheck(CompletableFuture<NetReport> result) {
        netchecks.add(result);
        engine.netChecks().start(driver.now());
        driver.finishBatch();
    }

    Map<String, List<Object>> grantsOf(IpAddress source) {
        return engine.grantsOf(source);
    }

    Optional<NodeKey> peerOf(IpAddress ip) {
        return engine.peerOf(ip);
    }

    DiscoKey discoKey() {
        return engine.discoKey();
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    Optional<NetInfo> netInfo() {
        return netInfo;
    }

    NodeStatus status(ControlState state, Optional<NodeKey> nodeKey) {
        return new NodeStatus(
                state,
                engine.netMap(),
                nodeKey,
                engine.discoKey(),
                engine.netChecks().home(),
                engine.ownEndpoints(),
                relays.status(),
                peerStatus(),
                engine.netChecks().lastReport(),
                engine.traffic(),
                engine.stack().stats(),
                settings.aead().name(),
                udp.port(true),
                udp.port(false),
                streams.size(),
                startedAt,
                driver.now());
    }

    private Map<NodeKey, PeerStatus> peerStatus() {
        Map<NodeKey, PeerStatus> known = new HashMap<>();
        if (engine.netMap().isPresent()) {
            for (Node peer : engine.netMap().get().peers()) {
                PeerStatus status = engine.status(peer.key(), driver.now());
                if (status.path().isPresent() || status.tunnel().isPresent()) {
                    known.put(peer.key(), status);
                }
            }
        }
        return known;
    }

    @Override
    public void close() {
        streams.closeAll();
        driver.finishBatch();
        driver.stop();
        if (links != null) {
            links.close();
        }
        relays.close();
        udp.close();
        pings.values()
                .forEach(waiting -> waiting.complete(new PingResult.Failed("the node stops")));
    }
}
