package dev.remora.io.derp;

import dev.remora.base.Deadlines;
import dev.remora.base.IpAddress;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.DerpNode;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.io.loop.JdkAddresses;
import dev.remora.proto.derp.DerpFrame;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The connection to one region: opened on demand, or kept for the home; reopened with growing pauses; closed when
/// nobody has sent for a while.
final class RegionRelay implements RelayConnection.Events {
    private static final long CONNECT_WITHIN = TimeUnit.SECONDS.toNanos(10);
    private static final long IDLE_AFTER = TimeUnit.SECONDS.toNanos(60);

    /// Relays send something every 65 seconds at the latest.
    private static final long SILENT_AFTER = TimeUnit.SECONDS.toNanos(120);

    /// Before this, a connection that ends counts as one more failure: a relay that throws us out again and again must
    /// not be asked again and again at once.
    private static final long STABLE_AFTER = TimeUnit.SECONDS.toNanos(10);

    private static final long PONG_WITHIN = TimeUnit.SECONDS.toNanos(3);

    private static final long TELL_HEARD_EVERY = TimeUnit.SECONDS.toNanos(5);

    private static final int LONGEST_HEALTH_TEXT = 300;

    /// What all regions of a node share.
    record Shared(
            RelayDialer dialer,
            Timers timers,
            RandomGenerator random,
            RelayListener listener,
            DropCounts drops) {}

    private final DerpRegion region;
    private final Shared shared;
    private final Patience patience;
    private final SendQueue queue;
    private NodePrivateKey self;
    private RelayState state = new RelayState.Idle();
    private long since;
    private long lastSendAt;
    private long toldHeardAt;
    private boolean home;
    private boolean online;
    private Optional<String> server = Optional.empty();
    private Optional<String> trouble = Optional.empty();
    private String health = "";

    RegionRelay(DerpRegion region, NodePrivateKey self, boolean online, Shared shared) {
        this.region = region;
        this.self = self;
        this.online = online;
        this.shared = shared;
        this.queue = new SendQueue(shared.drops());
        this.patience = new Patience(shared.random());
        this.lastSendAt = now() - IDLE_AFTER;
        this.toldHeardAt = now() - TELL_HEARD_EVERY;
        this.since = now();
    }

    DerpRegion region() {
        return region;
    }

    boolean isOpen() {
        return state instanceof RelayState.Open || state instanceof RelayState.Greeting;
    }

    void home(boolean isHome) {
        home = isHome;
        RelayConnection connection = state.connection();
        if (connection != null) {
            connection.noteHome(isHome);
        }
        openIfWanted();
    }

    /// Sends or queues; opens the connection if need be. False: this packet was dropped.
    boolean send(NodeKey to, ByteBuffer packet) {
        lastSendAt = now();
        ByteBuf frame = SendQueue.bytesOf(new DerpFrame.SendPacket(to, packet));
        RelayConnection connection = state.connection();
        if (connection != null && queue.isEmpty() && connection.canSend()) {
            return write(connection, frame);
        }
        queue.add(frame);
        if (connection != null) {
            drainQueue(connection);
        } else {
            openIfWanted();
        }
        return true;
    }

    private boolean write(RelayConnection connection, ByteBuf frame) {
        if (!connection.mayTake(frame.readableBytes())) {
            frame.release();
            shared.drops().count(DropReason.RATE_LIMIT);
            return false;
        }
        connection.write(frame);
        return true;
    }

    private void drainQueue(RelayConnection connection) {
        while (connection.canSend() && !queue.isEmpty()) {
            write(connection, queue.remove());
        }
    }

    private boolean wanted() {
        return online && (home || now() - lastSendAt < IDLE_AFTER);
    }

    private void openIfWanted() {
        if (state instanceof RelayState.Idle && wanted()) {
            dial();
        }
    }

    private void dial() {
        Future<RelayDialer.Dialed> dial = shared.dialer().dial(region);
        Timers.Timer deadline = shared.timers().after(CONNECT_WITHIN, this::onTooSlow);
        become(new RelayState.Dialing(dial, deadline));
        dial.addListener(done -> onDialed(dial));
    }

    private void onDialed(Future<RelayDialer.Dialed> dial) {
        if (!(state instanceof RelayState.Dialing(var current, var deadline))
                || !current.equals(dial)) {
            if (dial.isSuccess()) {
                dial.getNow().channel().close();
            }
        } else if (dial.isSuccess()) {
            greet(dial.getNow(), deadline);
        } else {
            deadline.cancel();
            lost(RelayTrouble.sentence(dial.cause()));
        }
    }

    private void greet(RelayDialer.Dialed dialed, Timers.Timer deadline) {
        DerpNode node = dialed.node();
        server = Optional.of(String.valueOf(dialed.channel().remoteAddress()));
        RelayConnection.Setup setup =
                new RelayConnection.Setup(
                        self,
                        fastStart -> UpgradeRequest.of(region, node, fastStart),
                        home,
                        shared.random(),
                        shared.timers()::now);
        RelayConnection connection =
                RelayConnection.start(dialed.channel(), dialed.tls(), setup, this);
        become(new RelayState.Greeting(connection, deadline));
    }

    private void onTooSlow() {
        String why =
                "not connected within " + TimeUnit.NANOSECONDS.toSeconds(CONNECT_WITHIN) + " s";
        switch (state) {
            case RelayState.Dialing(var dial, _) -> {
                dial.cancel(false);
                lost(why);
            }
            case RelayState.Greeting(var connection, _) -> connection.close(why);
            case RelayState.Idle(), RelayState.Open _, RelayState.Waiting _ -> {}
        }
    }

    @Override
    public void onIntroduced(RelayConnection connection) {
        drainQueue(connection);
    }

    @Override
    public void onRegistered(RelayConnection connection) {
        if (state instanceof RelayState.Greeting(_, var deadline)) {
            deadline.cancel();
            become(new RelayState.Open(connection));
            trouble = Optional.empty();
            patience.onRegistered();
            shared.listener().onConnected(region.id());
        }
    }

    @Override
    public void onWritable(RelayConnection connection) {
        drainQueue(connection);
    }

    @Override
    public void onHeard(long now) {
        if (now - toldHeardAt >= TELL_HEARD_EVERY) {
            toldHeardAt = now;
            shared.listener().onHeard(region.id());
        }
    }

    @Override
    public void onPacket(NodeKey from, ByteBuffer packet) {
        shared.listener().onPacket(region.id(), from, packet);
    }

    @Override
    public void onPeerGone(NodeKey peer, int reason) {
        shared.listener().onPeerGone(region.id(), peer, reason);
    }

    @Override
    public void onHealth(String problem) {
        String text = problem.substring(0, Math.min(problem.length(), LONGEST_HEALTH_TEXT));
        setHealth(text.replaceAll("\\p{Cntrl}", " "));
    }

    private void setHealth(String problem) {
        if (!health.equals(problem)) {
            health = problem;
            shared.listener().onHealth(region.id(), problem);
        }
    }

    @Override
    public void onRestarting(DerpFrame.Restarting notice) {
        patience.onRestarting(notice, now());
    }

    @Override
    public void onClosed(RelayConnection connection, String why) {
        switch (state) {
            case RelayState.Greeting(var current, var deadline) when current == connection -> {
                deadline.cancel();
                lost(why);
            }
            case RelayState.Open(var current) when current == connection -> {
                if (now() - since >= STABLE_AFTER) {
                    patience.reset();
                }
                setHealth("");
                lost(patience.expectsRestart() ? "the relay restarts" : why);
            }
            case RelayState.Idle _,
                    RelayState.Dialing _,
                    RelayState.Greeting _,
                    RelayState.Open _,
                    RelayState.Waiting _ -> {} // closed by us, and no longer ours
        }
    }

    /// The connection or the attempt is over: tell, and plan the next one if somebody needs it.
    private void lost(String why) {
        trouble = Optional.of(why);
        long nextTryAt = Deadlines.NEVER;
        if (wanted()) {
            long pause = patience.failed(now());
            nextTryAt = now() + pause;
            become(new RelayState.Waiting(shared.timers().after(pause, this::retry), nextTryAt));
        } else {
            become(new RelayState.Idle());
            queue.giveUp();
        }
        shared.listener().onDisconnected(region.id(), why, nextTryAt);
    }

    private void retry() {
        become(new RelayState.Idle());
        openIfWanted();
        if (state instanceof RelayState.Idle) {
            queue.giveUp();
        }
    }

    /// Closes what there is, without a next try; whoever still wants the region opens it again.
    void hangUp(String why) {
        RelayState ended = state;
        become(new RelayState.Idle());
        switch (ended) {
            case RelayState.Dialing(var dial, var deadline) -> {
                deadline.cancel();
                dial.cancel(false);
            }
            case RelayState.Greeting(var connection, var deadline) -> {
                deadline.cancel();
                connection.close(why);
            }
            case RelayState.Open(var connection) -> {
                setHealth("");
                connection.close(why);
                shared.listener().onDisconnected(region.id(), why, Deadlines.NEVER);
            }
            case RelayState.Waiting(var retry, _) -> retry.cancel();
            case RelayState.Idle() -> {}
        }
    }

    /// As [#hangUp], for good.
    void discard(String why) {
        hangUp(why);
        queue.giveUp();
    }

    void rotate(NodePrivateKey key) {
        self = key;
        discard("the node key has changed");
        patience.reset();
        openIfWanted();
    }

    /// Every few seconds: hangs up on who is silent or no longer needed.
    void sweep() {
        if (!(state instanceof RelayState.Open(var connection))) {
            return;
        }
        if (now() - connection.lastFrameAt() >= SILENT_AFTER) {
            connection.close("nothing heard for 120 s");
        } else if (!wanted()) {
            hangUp("not needed any more");
        }
    }

    /// A connection from an address we no longer have is dead and does not know it; any other may be.
    void onLinkChange(boolean hasNetwork, Set<IpAddress> ours) {
        online = hasNetwork;
        patience.reset();
        if (!online) {
            discard("there is no network");
            return;
        }
        switch (state) {
            case RelayState.Open(var connection) when !stillOurs(connection, ours) ->
                    connection.close("the address it was made from is gone");
            case RelayState.Open(var connection) -> {
                long ping = connection.ping();
                shared.timers().after(PONG_WITHIN, () -> expectPong(connection, ping));
            }
            case RelayState.Waiting(var retry, _) -> {
                retry.cancel();
                retry();
            }
            case RelayState.Idle() -> openIfWanted();
            case RelayState.Dialing _, RelayState.Greeting _ -> {} // their deadline is short
        }
    }

    private static boolean stillOurs(RelayConnection connection, Set<IpAddress> ours) {
        if (!(connection.channel().localAddress() instanceof InetSocketAddress local)) {
            return false;
        }
        IpAddress ip = JdkAddresses.read(local).ip();
        return ip.isLoopback() || ours.contains(ip);
    }

    private void expectPong(RelayConnection connection, long ping) {
        if (!connection.answered(ping)) {
            connection.close("no answer after the network changed");
        }
    }

    private void become(RelayState next) {
        state = next;
        since = now();
    }

    private long now() {
        return shared.timers().now();
    }

    RelayStatus status() {
        return new RelayStatus(
                region.id(), home, state.phase(), since, server, trouble, health, state.nextTry());
    }
}
