package dev.remora.node;

import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.path.Endpoint;
import dev.remora.io.control.ControlConfig;
import dev.remora.io.control.ControlListener;
import dev.remora.io.control.ControlSession;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.LoginOptions;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.control.SelfReport;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.control.EndpointType;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.NetInfo;
import dev.remora.proto.control.PingRequest;
import dev.remora.proto.control.PingResponse;
import dev.remora.proto.control.ServiceInfo;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's side of the conversation with control: one session at a time, its news for the engine and the engine's news for it. Methods may be called
/// from any thread; what is told to the engine goes through the loop.
final class NodeControl implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeControl.class);

    private final NodeSettings settings;
    private final NodeCore core;
    private final EngineLoop loop;
    private final SecureRandom random;
    private final NodeCache cache;
    private final NodeListener listener;
    private final AskedPings pings;

    /// Replaced under the lock; told news without it, since the loop must not wait for a session that ends.
    private volatile @Nullable ControlSession session;

    /// How many there have been.
    private final AtomicInteger sessions = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ControlUrl url;

    /// Held for moments only, so the loop may take it.
    private final ReentrantLock hostInfoLock = new ReentrantLock();

    private HostInfo hostInfo;
    private List<ServiceInfo> services = List.of();

    /// Whether maps count: not while paused, though one may be on its way still.
    private volatile boolean up;

    private volatile ControlState state = new ControlState.Stopped();
    private volatile Optional<NodeKey> nodeKey = Optional.empty();

    NodeControl(
            NodeSettings settings,
            NodeCore core,
            EngineLoop loop,
            SecureRandom random,
            NodeCache cache,
            NodeListener listener) {
        this.settings = settings;
        this.core = core;
        this.loop = loop;
        this.random = random;
        this.cache = cache;
        this.listener = listener;
        this.pings = new AskedPings(core, loop.netty());
        this.hostInfo = settings.hostInfo();
        core.control(this);
    }

    ControlState state() {
        return state;
    }

    Optional<NodeKey> nodeKey() {
        return nodeKey;
    }

    /// Logs in at `to` as who `identity` says we are. A session goes on if it is that node's at that server; else it ends and another one begins.
    void login(ControlUrl to, NodeIdentity identity, LoginOptions options) {
        locked(() -> {
            ControlSession current = session;
            Optional<NodeKey> who = identity.nodeKey().map(NodePrivateKey::publicKey);
            if (current == null || !to.equals(url) || !who.equals(nodeKey)) {
                // what the last session still has to say is not about this login
                sessions.incrementAndGet();
                if (current != null) {
                    session = null;
                    stop();
                    current.close();
                    cache.forgetMap(); // another server has another tailnet
                }
                url = to;
                nodeKey = who;
                current = open(to, identity);
                session = current;
                identity.nodeKey().ifPresent(this::use);
                // these may have changed meanwhile
                changeHostInfo(() -> {});
                current.updateEndpoints(reported(core.endpoints()));
                core.netInfo().ifPresent(current::updateNetInfo);
            }
            arrive();
            // And nothing before it: the last login must not be tried once more.
            current.login(options);
        });
    }

    /// Not a monitor: some of what happens under it waits for seconds.
    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /// We want to be reachable. The last map serves until control sends one, which may take long.
    private void arrive() {
        boolean before = up;
        up = true;
        if (!before) {
            nodeKey.flatMap(key -> cache.map(key, Instant.now())).ifPresent(this::use);
        }
    }

    private void use(NetMap map) {
        onLoop(
                        () -> {
                            if (up) {
                                core.onNetMap(map);
                            }
                        })
                .ifPresent(Future::awaitUninterruptibly);
        listener.onNetMap(map);
    }

    private void stop() {
        up = false;
        onLoop(core::onStopped);
    }

    /// Empty if the node has ended, when nothing matters any more.
    private Optional<Future<?>> onLoop(Runnable action) {
        try {
            Future<?> done = loop.netty().submit(action);
            done.addListener(over -> {
                if (!over.isSuccess() && !over.isCancelled()) {
                    LOG.error("the engine failed on news from control", over.cause());
                }
            });
            return Optional.of(done);
        } catch (RejectedExecutionException e) {
            return Optional.empty();
        }
    }

    private ControlSession open(ControlUrl to, NodeIdentity identity) {
        ControlConfig config =
                new ControlConfig(
                        to,
                        settings.machineKey(),
                        settings.trust(),
                        settings.proxies(),
                        settings.aead(),
                        ControlConfig.CAPABILITY_VERSION,
                        ControlConfig.Timing.DEFAULT);
        SelfReport self =
                new SelfReport(
                        completeHostInfo(),
                        core.netInfo(),
                        reported(core.endpoints()),
                        core.discoKey());
        return new ControlSession(
                config,
                identity,
                self,
                new FromControl(sessions.get()),
                loop,
                random,
                InstantSource.system());
    }

    private void use(NodePrivateKey key) {
        nodeKey = Optional.of(key.publicKey());
        onLoop(() -> core.onSelfKey(key));
    }

    CompletableFuture<Void> logout() {
        lock.lock();
        try {
            if (session == null) {
                return CompletableFuture.completedFuture(null);
            }
            stop();
            return session.logout();
        } finally {
            lock.unlock();
        }
    }

    void pause() {
        locked(() -> {
            if (session != null) {
                session.pause();
            }
            stop();
        });
    }

    void resume() {
        locked(() -> {
            if (session != null) {
                arrive();
                session.resume();
            }
        });
    }

    void updateHostInfo(HostInfo now) {
        changeHostInfo(() -> hostInfo = now);
    }

    /// What we offer to peers, beside what the user's host info says.
    void onServices(List<ServiceInfo> now) {
        changeHostInfo(() -> services = now);
    }

    private void changeHostInfo(Runnable change) {
        hostInfoLock.lock();
        try {
            change.run();
            ControlSession current = session;
            if (current != null) {
                current.updateHostInfo(completeHostInfo());
            }
        } finally {
            hostInfoLock.unlock();
        }
    }

    private HostInfo completeHostInfo() {
        return services.isEmpty() ? hostInfo : hostInfo.withServices(services);
    }

    void onEndpoints(List<Endpoint> endpoints) {
        ControlSession current = session;
        if (current != null) {
            current.updateEndpoints(reported(endpoints));
        }
    }

    void onNetwork(NetInfo now) {
        ControlSession current = session;
        if (current != null) {
            current.updateNetInfo(now);
        }
    }

    void onLinkChange() {
        ControlSession current = session;
        if (current != null) {
            current.onNetworkChange();
        }
    }

    void onNetworkBack() {
        ControlSession current = session;
        if (current != null) {
            current.onNetworkBack();
        }
    }

    private static List<SelfReport.ReportedEndpoint> reported(List<Endpoint> endpoints) {
        return endpoints.stream()
                .map(endpoint ->
                        new SelfReport.ReportedEndpoint(
                                endpoint.address(), type(endpoint.source())))
                .toList();
    }

    private static EndpointType type(Endpoint.Source source) {
        return switch (source) {
            case LOCAL -> EndpointType.LOCAL;
            case STUN -> EndpointType.STUN;
            case PORT_MAPPED -> EndpointType.PORT_MAPPED;
            case STUN_WITH_LOCAL_PORT -> EndpointType.STUN_LOCAL_PORT;
        };
    }

    @Override
    public void close() {
        locked(() -> {
            ControlSession last = session;
            session = null;
            if (last != null) {
                last.close();
            }
        });
    }

    /// What one session says, until another one has taken its place.
    private final class FromControl implements ControlListener {
        private final int number;

        FromControl(int number) {
            this.number = number;
        }

        private boolean isReplaced() {
            return number != sessions.get();
        }

        @Override
        public void onState(ControlState now) {
            if (isReplaced()) {
                return;
            }
            state = now;
            boolean inTouch = now instanceof ControlState.Connected;
            onLoop(() -> core.onControlInTouch(inTouch));
            listener.onControl(now);
        }

        @Override
        public void onNetMap(NetMap map) {
            if (isReplaced()) {
                return;
            }
            use(map);
            cache.keep(map);
        }

        @Override
        public void onIdentity(NodeIdentity identity) throws IOException {
            if (isReplaced()) {
                return;
            }
            listener.onIdentity(identity);
            if (identity.nodeKey().isPresent()) {
                use(identity.nodeKey().get());
            } else {
                nodeKey = Optional.empty();
                cache.forgetMap();
            }
        }

        @Override
        public void onPing(PingRequest request, Consumer<PingResponse> answer) {
            if (!isReplaced()) {
                pings.ping(request, answer);
            }
        }

        @Override
        public void onVisit(String page) {
            if (isReplaced()) {
                return;
            }
            listener.onVisit(page);
        }
    }
}
