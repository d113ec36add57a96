package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.NetworkPrefs;
import dev.remora.engine.PingResult;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.LoginOptions;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.control.HostInfo;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A running node: its loop, sockets, relays, engine, and the conversation with control. Methods may be called from any thread.
///
/// [#start] opens the sockets and nothing more; [#login] makes it a member of a tailnet. With the last netmap, peers stay reachable whatever happens to
/// control.
public final class Node implements AutoCloseable {
    private final EngineLoop loop;
    private final ExecutorService slow;
    private final NodeCore core;
    private final NodeControl control;

    private Node(EngineLoop loop, ExecutorService slow, NodeCore core, NodeControl control) {
        this.loop = loop;
        this.slow = slow;
        this.core = core;
        this.control = control;
    }

    /// Starts a node that knows no tailnet yet.
    public static Node start(NodeSettings settings, NodeListener listener) throws IOException {
        EngineLoop loop = EngineLoop.start("remora-engine");
        ExecutorService slow = Executors.newVirtualThreadPerTaskExecutor();
        SecureRandom random = new SecureRandom();
        Instant startedAt = Instant.now();
        long startedNanos = System.nanoTime();
        try {
            NodeCore core =
                    onLoop(
                            loop,
                            () -> {
                                NodeCore made =
                                        new NodeCore(
                                                settings,
                                                loop,
                                                slow,
                                                random,
                                                startedAt,
                                                () -> System.nanoTime() - startedNanos,
                                                listener);
                                made.open();
                                return made;
                            });
            return new Node(
                    loop, slow, core, new NodeControl(settings, core, loop, random, listener));
        } catch (RuntimeException e) {
            loop.close();
            throw e;
        }
    }

    private static <T> T onLoop(EngineLoop loop, Callable<T> action) throws IOException {
        try {
            return loop.netty().inEventLoop() ? action.call() : loop.netty().submit(action).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private <T> T ask(Callable<T> question) {
        try {
            return onLoop(loop, question);
        } catch (IOException e) {
            throw new IllegalStateException("interrupted while asking the engine", e);
        }
    }

    /// The loop that owns this node. What runs on it must never block.
    public EngineLoop loop() {
        return loop;
    }

    // Membership.

    /// Becomes a member of the tailnet behind `url`, or goes on being one with the keys of last time. A session with another server ends.
    public void login(ControlUrl url, NodeIdentity identity, LoginOptions options) {
        control.login(url, identity, options);
    }

    /// Gives up membership; completes when the server was told, or could not be.
    public CompletableFuture<Void> logout() {
        return control.logout();
    }

    /// Makes nothing reachable until [#resume], without giving up membership.
    public void pause() {
        control.pause();
    }

    public void resume() {
        control.resume();
    }

    public void updateHostInfo(HostInfo hostInfo) {
        control.updateHostInfo(hostInfo);
    }

    public void updatePrefs(NetworkPrefs prefs) {
        loop.netty().execute(() -> core.onPrefs(prefs));
    }

    // Traffic.

    /// Listens on a port of all our tailnet addresses; empty if that port is taken.
    public Optional<ServedPort> listen(int port, PortHandler handler) {
        return ask(() -> core.listen(port, handler));
    }

    /// Opens a TCP connection to an address of the tailnet.
    ///
    /// @return the channel, active when the peer has answered; fails with an [IOException] that says why not
    public CompletableFuture<StreamChannel> connect(
            IpAddress to, int port, ChannelHandler handler) {
        CompletableFuture<StreamChannel> result = new CompletableFuture<>();
        loop.netty().execute(() -> core.connect(to, port, handler, result));
        return result;
    }

    /// Pings a node of the tailnet. Failures are results, too.
    ///
    /// @param size of a [PingKind#DISCO] packet in bytes, 0 for the smallest; other kinds have one size
    public CompletableFuture<PingResult> ping(IpAddress to, PingKind kind, int size) {
        CompletableFuture<PingResult> result = new CompletableFuture<>();
        loop.netty().execute(() -> core.ping(to, kind, size, result));
        return result;
    }

    // Looking inside.

    public NodeStatus status() {
        return ask(() -> core.status(control.state(), control.nodeKey()));
    }

    /// Looks at the network anew. Completes within some seconds.
    public CompletableFuture<NetReport> netcheck() {
        CompletableFuture<NetReport> result = new CompletableFuture<>();
        loop.netty().execute(() -> core.netcheck(result));
        return result.orTimeout(Duration.ofSeconds(10).toMillis(), TimeUnit.MILLISECONDS);
    }

    /// What the peer at this address may do here beyond sending packets.
    public Map<String, List<Object>> grantsOf(IpAddress source) {
        return ask(() -> core.grantsOf(source));
    }

    /// The peer that packets to this address go to.
    public Optional<NodeKey> peerOf(IpAddress ip) {
        return ask(() -> core.peerOf(ip));
    }

    /// Ends everything: control hears goodbye from an ephemeral node, streams are closed, sockets too.
    @Override
    public void close() {
        control.close();
        ask(() -> {
            core.close();
            return true;
        });
        loop.close();
        slow.shutdownNow();
    }
}
