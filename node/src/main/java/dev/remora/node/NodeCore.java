package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
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
import dev.remora.engine.path.Endpoint;
import dev.remora.engine.path.LocalSockets;
import dev.remora.io.control.ControlState;
import dev.remora.io.derp.DerpRelays;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.control.NetInfo;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Everything of a node that lives on its loop: engine, UDP sockets, relays, streams. Each method is called there.
final class NodeCore implements Performer.Reports, AutoCloseable {
    private final NodeSettings settings;
    private final EngineLoop loop;
    private final Instant startedAt;
    private final NodeCache cache;
    private final NodeListener listener;
    private final EngineDriver driver;
    private final Underlay underlay;
    private final RelayNews news;
    private final DerpRelays relays;
    private final Engine engine;
    private final StreamFactory streams;
    private final PeerApi peerApi;
    private final OpenQuestions questions;
    private NodeKey self;

    // Set and read by other threads, too.
    private volatile @Nullable NodeControl control;
    private volatile List<Endpoint> endpoints = List.of();
    private volatile Optional<NetInfo> netInfo = Optional.empty();
    private volatile Optional<NetMap> netMap = Optional.empty();

    NodeCore(
            NodeSettings settings,
            EngineLoop loop,
            Executor slow,
            SecureRandom random,
            Instant startedAt,
            LongSupplier clock,
            NodeCache cache,
            NodeListener listener) {
        this.settings = settings;
        this.cache = cache;
        this.loop = loop;
        this.startedAt = startedAt;
        this.listener = listener;
        driver = new EngineDriver(loop.netty(), clock);
        underlay = new Underlay(loop, settings.udpPort(), driver, new Moves());
        NodePrivateKey nobody = NodePrivateKey.generate(random); // until a login says who we are
        self = nobody.publicKey();
        news = new RelayNews(driver, this::engine, this::onHomeRelayBack, listener);
        relays =
                new DerpRelays(
                        loop,
                        nobody,
                        settings.trust(),
                        settings.proxies(),
                        slow,
                        random,
                        clock,
                        news);
        Performer performer = new Performer(driver, underlay.udp(), loop.netty(), slow, this);
        long epoch = startedAt.getEpochSecond() * 1_000_000_000L + startedAt.getNano();
        engine =
                new Engine(
                        nobody,
                        cache.disco(),
                        settings.aead(),
                        settings.capacity().netstack(),
                        () -> epoch,
                        random,
                        performer::perform);
        driver.drive(engine);
        questions = new OpenQuestions(engine);
        streams = new StreamFactory(loop.netty(), driver, engine.stack());
        peerApi = new PeerApi(streams, engine::netMap);
    }

    void control(NodeControl of) {
        control = of;
    }

    void open() {
        underlay.open(cache.udpPort());
        cache.keepUdpPort(underlay.udp().port(true));
    }

    // What control brings.

    /// Control says this whenever it accepts us, mostly with the key we have.
    void onSelfKey(NodePrivateKey key) {
        if (key.publicKey().equals(self)) {
            return;
        }
        self = key.publicKey();
        engine.onSelfKey(key);
        relays.rotate(key);
        driver.finishBatch();
    }

    void onNetMap(NetMap map) {
        netMap = Optional.of(map);
        relays.onDerpMap(map.derpMap());
        engine.onNetMap(map, driver.now());
        onOwnAddresses();
        driver.finishBatch();
        listener.onChange();
    }

    private void onOwnAddresses() {
        if (peerApi.listenOn(engine.ownAddresses(), driver.now())) {
            engine.onPeerApi(peerApi.port(true), peerApi.port(false));
            if (control != null) {
                control.onServices(peerApi.services());
            }
        }
    }

    /// Nothing is reachable from now on, and nothing is asked.
    void onStopped() {
        netMap = Optional.empty();
        engine.onStopped(driver.now());
        driver.finishBatch();
        relays.onDerpMap(DerpMap.EMPTY);
        listener.onChange();
    }

    void onControlInTouch(boolean inTouch) {
        engine.onControl(inTouch);
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
        home.ifPresent(region -> {
            relays.setHome(region);
            tellControl(
                    report.map(done -> done.netInfo(home))
                            .orElse(NetInfo.onlyHome(region.value())));
        });
        report.ifPresent(done -> {
            relays.preferIpv6(done.ipv6());
            questions.onChecked(done);
        });
        listener.onChange();
    }

    /// Never without a home: control keeps the one that it was told in an earlier run, and without any, peers cannot call us.
    private void tellControl(NetInfo known) {
        netInfo = Optional.of(known);
        if (control != null) {
            control.onNetwork(known);
        }
    }

    @Override
    public void onPinged(long token, PingResult result) {
        questions.onPinged(token, result);
    }

    @Override
    public void onRebindWanted() {
        underlay.reopen();
    }

    @Override
    public void onChange() {
        listener.onChange();
    }

    // What the machine says.

    private final class Moves implements Underlay.Moves {
        @Override
        public void onSockets(LocalSockets sockets) {
            engine.onLocalSockets(sockets, driver.now());
        }

        @Override
        public void onMoved(LocalSockets sockets, Set<IpAddress> addresses) {
            engine.onLocalSockets(sockets, driver.now());
            engine.onLinkChange(driver.now());
            relays.onLinkChange(addresses);
        }

        @Override
        public void onOtherNetwork() {
            if (control != null) {
                control.onLinkChange();
            }
        }

        @Override
        public void onReopened() {
            listener.onChange();
        }
    }

    /// What cut us off from the relay cut us off from control, too, and may have given us other addresses.
    private void onHomeRelayBack() {
        engine.onHomeRelayBack(driver.now());
        if (control != null) {
            control.onNetworkBack();
        }
    }

    // What users of the node ask.

    Optional<ServedPort> listen(int port, PortHandler handler) {
        return streams.listen(Optional.empty(), port, handler)
                .map(listener -> new ListeningPort(listener, loop.netty(), driver));
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
        questions.ping(to, kind, size, driver.now(), result);
        driver.finishBatch();
    }

    void netcheck(CompletableFuture<NetReport> result) {
        questions.check(driver.now(), result);
        driver.finishBatch();
    }

    /// The tailnet as it is now. For any thread.
    Optional<NetMap> netMap() {
        return netMap;
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
                underlay.udp().port(true),
                underlay.udp().port(false),
                underlay.udp().problem(),
                engine.filterProblem(),
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
        underlay.stopWatching();
        relays.close();
        underlay.close();
        questions.onEnd();
    }
}
