package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.NetworkPrefs;
import dev.remora.engine.PingResult;
import dev.remora.engine.netcheck.NetReport;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.LoginOptions;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.control.HostInfo;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// A running node: its loop, sockets, relays, engine, and the conversation with control. Methods may be called from any thread.
///
/// [#start] opens the sockets and nothing more; [#login] makes it a member of a tailnet. With the last netmap, peers stay reachable whatever happens to
/// control.
public final class Node implements AutoCloseable {
    private static final Duration NETCHECK_WITHIN = Duration.ofSeconds(10);
    private static final String THREAD = "remora-engine";
    private static final String CLOSED = "the node is closed";

    private final EngineLoop loop;
    private final ExecutorService slow;
    private final NodeCore core;
    private final NodeControl control;
    private final NodeCache cache;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Node(
            EngineLoop loop,
            ExecutorService slow,
            NodeCore core,
            NodeControl control,
            NodeCache cache) {
        this.loop = loop;
        this.slow = slow;
        this.core = core;
        this.control = control;
        this.cache = cache;
    }

    /// Starts a node that knows no tailnet yet.
    public static Node start(NodeSettings settings, NodeListener listener) {
        EngineLoop loop =
                settings.portable() ? EngineLoop.startPortable(THREAD) : EngineLoop.start(THREAD);
        ExecutorService slow = Executors.newVirtualThreadPerTaskExecutor();
        SecureRandom random = new SecureRandom();
        Instant startedAt = Instant.now();
        long startedNanos = System.nanoTime();
        NodeCache cache = new NodeCache(settings.cache(), random, slow);
        LongSupplier clock = () -> System.nanoTime() - startedNanos;
        try {
            NodeCore core =
                    onLoop(
                            loop,
                            () -> {
                                NodeCore made =
                                        new NodeCore(
                                                settings, loop, slow, random, startedAt, clock,
                                                cache, listener);
                                made.open();
                                return made;
                            });
            NodeControl control = new NodeControl(settings, core, loop, random, cache, listener);
            return new Node(loop, slow, core, control, cache);
        } catch (RuntimeException e) {
            loop.close();
            slow.shutdownNow();
            throw e;
        }
    }

    /// Waits for the loop, which never keeps anybody waiting.
    private static <T> T onLoop(EngineLoop loop, Callable<T> action) {
        if (loop.netty().inEventLoop()) {
            try {
                return action.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        Future<T> done = loop.netty().submit(action).awaitUninterruptibly();
        if (!done.isSuccess()) {
            throw new IllegalStateException(done.cause());
        }
        return done.getNow();
    }

    private <T> T ask(Callable<T> question) {
        try {
            return onLoop(loop, question);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException(CLOSED, e);
        }
    }

    /// Lets the loop do what ends in `result`, which fails if the node is closed.
    private <T> CompletableFuture<T> promise(Consumer<CompletableFuture<T>> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            loop.netty().execute(() -> action.accept(result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new IOException(CLOSED, e));
        }
        return result;
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

    /// Listens on a port of all our tailnet addresses; empty if that port is taken. Port 0: on every port that nobody else listens on.
    public Optional<ServedPort> listen(int port, PortHandler handler) {
        return ask(() -> core.listen(port, handler));
    }

    /// Opens a TCP connection to an address of the tailnet.
    ///
    /// @return the channel, active when the peer has answered; fails with an [IOException] that says why not
    public CompletableFuture<StreamChannel> connect(
            IpAddress to, int port, ChannelHandler handler) {
        return promise(result -> core.connect(to, port, handler, result));
    }

    /// Pings a node of the tailnet. Failures are results, too.
    ///
    /// @param size of a [PingKind#DISCO] packet in bytes, 0 for the smallest; other kinds have one size
    public CompletableFuture<PingResult> ping(IpAddress to, PingKind kind, int size) {
        return promise(result -> core.ping(to, kind, size, result));
    }

    // Looking inside.

    public NodeStatus status() {
        return ask(() -> core.status(control.state(), control.nodeKey()));
    }

    /// The tailnet as it is now; empty while we are not in one.
    public Optional<NetMap> netMap() {
        return core.netMap();
    }

    /// Looks at the network anew. Completes within some seconds.
    public CompletableFuture<NetReport> netcheck() {
        return this.<NetReport>promise(core::netcheck)
                .orTimeout(NETCHECK_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// What the peer at this address may do here beyond sending packets.
    public Map<String, List<Object>> grantsOf(IpAddress source) {
        return ask(() -> core.grantsOf(source));
    }

    /// The peer that packets to this address go to.
    public Optional<NodeKey> peerOf(IpAddress ip) {
        return ask(() -> core.peerOf(ip));
    }

    /// Ends everything: control hears goodbye from an ephemeral node, streams are closed, sockets too. Returns when the loop's thread has ended.
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        control.close();
        ask(() -> {
            core.close();
            return true;
        });
        cache.close(); // before its writer is interrupted, which may be in the middle of it
        slow.shutdownNow();
        if (loop.netty().inEventLoop()) {
            loop.close();
            return;
        }
        try {
            loop.closeAndWait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
