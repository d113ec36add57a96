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
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The node's side of the conversation with control: one session at a time, its news for the engine and the engine's news for it. Methods may be called
/// from any thread; what is told to the engine goes through the loop.
final class NodeControl implements AutoCloseable {
    private final NodeSettings settings;
    private final NodeCore core;
    private final EngineLoop loop;
    private final SecureRandom random;
    private final NodeListener listener;

    /// Replaced under the lock; told news without it, since the loop must not wait for a session that ends.
    private volatile @Nullable ControlSession session;

    private @Nullable ControlUrl url;
    private HostInfo hostInfo;
    private volatile ControlState state = new ControlState.Stopped();
    private volatile Optional<NodeKey> nodeKey = Optional.empty();

    NodeControl(
            NodeSettings settings,
            NodeCore core,
            EngineLoop loop,
            SecureRandom random,
            NodeListener listener) {
        this.settings = settings;
        this.core = core;
        this.loop = loop;
        this.random = random;
        this.listener = listener;
        this.hostInfo = settings.hostInfo();
        core.control(this);
    }

    ControlState state() {
        return state;
    }

    Optional<NodeKey> nodeKey() {
        return nodeKey;
    }

    synchronized void login(ControlUrl to, NodeIdentity identity, LoginOptions options) {
        ControlSession current = session;
        if (current == null || !to.equals(url)) {
            if (current != null) {
                current.close();
            }
            url = to;
            current = open(to, identity);
            session = current;
            identity.nodeKey().ifPresent(key -> use(key, false));
            current.updateEndpoints(reported(core.endpoints())); // they may have changed meanwhile
            core.netInfo().ifPresent(current::updateNetInfo);
        }
        current.resume();
        current.login(options);
    }

    private ControlSession open(ControlUrl to, NodeIdentity identity) {
        ControlConfig config =
                new ControlConfig(
                        to,
                        settings.machineKey(),
                        settings.lockKey(),
                        settings.trust(),
                        settings.aead(),
                        ControlConfig.CAPABILITY_VERSION,
                        ControlConfig.Timing.DEFAULT);
        SelfReport self =
                new SelfReport(
                        hostInfo, core.netInfo(), reported(core.endpoints()), core.discoKey());
        return new ControlSession(
                config, identity, self, new FromControl(), loop, random, InstantSource.system());
    }

    /// @param newcomer peers have never seen this key
    private void use(NodePrivateKey key, boolean newcomer) {
        nodeKey = Optional.of(key.publicKey());
        loop.netty().execute(() -> core.onSelfKey(key, newcomer));
    }

    synchronized CompletableFuture<Void> logout() {
        if (session == null) {
            return CompletableFuture.completedFuture(null);
        }
        loop.netty().execute(core::onStopped);
        return session.logout();
    }

    synchronized void pause() {
        if (session != null) {
            session.pause();
        }
        loop.netty().execute(core::onStopped);
    }

    synchronized void resume() {
        if (session != null) {
            session.resume();
        }
    }

    synchronized void updateHostInfo(HostInfo now) {
        hostInfo = now;
        if (session != null) {
            session.updateHostInfo(now);
        }
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
    public synchronized void close() {
        if (session != null) {
            session.close();
            session = null;
        }
    }

    private final class FromControl implements ControlListener {
        @Override
        public void onState(ControlState now) {
            state = now;
            listener.onControl(now);
        }

        @Override
        public void onNetMap(NetMap map) {
            loop.netty().execute(() -> core.onNetMap(map));
            listener.onNetMap(map);
        }

        @Override
        public void onIdentity(NodeIdentity identity) throws IOException {
            listener.onIdentity(identity);
            if (identity.nodeKey().isPresent()) {
                NodePrivateKey key = identity.nodeKey().get();
                use(key, !nodeKey.equals(Optional.of(key.publicKey())));
            } else {
                nodeKey = Optional.empty();
            }
        }

        @Override
        public void onVisit(String page) {
            listener.onVisit(page);
        }
    }
}
