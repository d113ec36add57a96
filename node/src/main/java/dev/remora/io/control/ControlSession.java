package dev.remora.io.control;

import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState.NeedsLogin.Why;
import dev.remora.io.control.Wishes.Signal;
import dev.remora.io.control.Wishes.Wish;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.NetInfo;
import dev.remora.proto.control.PingRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a node in touch with its control server: logs in, follows the map, tells what changes about us,
/// answers pings, and comes back by itself whenever something breaks.
///
///     Stopped ─ login ─▶ Connecting ───▶ Connected ◀─▶ Failed (with the time of the next try)
///                          │     ▲           │
///                          ▼     │           ▼ key ended, node deleted
///                         NeedsLogin ◀───────┘
///
/// The conversation is a script on one virtual thread; news about us and answers to pings have threads of
/// their own beside it. All methods may be called from any thread, and return at once but for [#close].
public final class ControlSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSession.class);

    /// Clocks that differ by less are nothing to speak of.
    private static final Duration NOTEWORTHY_SKEW = Duration.ofMinutes(1);

    private final ControlConfig config;
    private final ControlListener listener;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Messages messages;
    private final ControlClient client;
    private final Updates updates;
    private final Pings pings;
    private final Backoff backoff;
    private final StateReport state;
    private final Wishes wishes = new Wishes();
    private final Renewal renewal;
    private final Goodbye goodbye;
    private final Thread worker;
    private final Thread teller;

    // What follows belongs to the worker.
    private NodeIdentity identity;
    private long servedLogin;
    private Optional<Registration> pending = Optional.empty();
    private Why why;
    private boolean member;
    private boolean replaceKey;
    private boolean goneBefore;

    /// Starts a session that waits for [#login].
    ///
    /// @param identity the keys from the last time
    /// @param self what to tell the server about us
    /// @param random a cryptographic source: keys are made of it
    public ControlSession(
            ControlConfig config,
            NodeIdentity identity,
            SelfReport self,
            ControlListener listener,
            EngineLoop loop,
            RandomGenerator random,
            InstantSource clock) {
        this.config = config;
        this.identity = identity;
        this.listener = listener;
        this.random = random;
        this.clock = clock;
        this.why = identity.nodeKey().isEmpty() ? Why.NEW : Why.KEY_EXPIRED;
        this.messages = new Messages(config.capabilityVersion());
        this.client = new ControlClient(config, loop, threads, random, clock);
        this.backoff = new Backoff(config.timing(), random);
        this.state = new StateReport(listener, clock);
        this.updates =
                new Updates(
                        client,
                        messages,
                        new Backoff(config.timing(), random),
                        self,
                        () -> wishes.signal(Signal.GONE));
        this.pings = new Pings(client, listener, threads);
        this.renewal =
                new Renewal(
                        updates,
                        state,
                        new Backoff(config.timing(), random),
                        () -> wishes.signal(Signal.RENEWED));
        this.goodbye = new Goodbye(client, messages, updates, wishes);
        this.teller = Thread.ofVirtual().name("control-updates").start(updates::run);
        this.worker = Thread.ofVirtual().name("control").unstarted(this::run);
        wishes.serve(worker);
        worker.start();
    }

    /// Becomes or stays a member of the tailnet, and connects.
    public void login(LoginOptions options) {
        wishes.login(options);
    }

    /// Gives up membership. Completes when the server was told, or could not be within some seconds.
    public CompletableFuture<Void> logout() {
        updates.stop();
        return wishes.logout();
    }

    /// Disconnects, without giving up membership. What changes from here on is told after [#resume], if it still holds then.
    public void pause() {
        updates.stop();
        wishes.up(false);
    }

    /// Connects again after [#pause].
    public void resume() {
        wishes.up(true);
    }

    /// The network is another one, or came back: neither wait any longer nor trust the old connection.
    public void onNetworkChange() {
        wishes.signal(Signal.RECONNECT);
    }

    /// The network carries again what it did not: another try need not wait.
    public void onNetworkBack() {
        wishes.hurry();
    }

    public void updateHostInfo(HostInfo now) {
        updates.change(self -> self.with(now));
    }

    public void updateNetInfo(NetInfo now) {
        updates.change(self -> self.with(now));
    }

    public void updateEndpoints(List<SelfReport.ReportedEndpoint> now) {
        updates.change(self -> self.with(now));
    }

    /// Ends the session, after some seconds at most; an ephemeral node says goodbye first.
    @Override
    public void close() {
        wishes.close();
        try {
            worker.join(Goodbye.TIMEOUT.plusSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        renewal.stop();
        teller.interrupt();
        threads.shutdownNow();
        client.close();
    }

    private void run() {
        while (true) {
            try {
                switch (wishes.current()) {
                    case Wish.Rest rest -> rest();
                    case Wish.Be(var options, var number) -> be(options, number);
                    case Wish.Logout logout -> logOut(logout);
                    case Wish.Close(var options) -> {
                        updates.stop();
                        if (options.ephemeral() && member) {
                            goodbye.say(identity, options);
                        }
                        return;
                    }
                }
            } catch (InterruptedException e) {
                LOG.trace("something else is wanted");
            }
        }
    }

    private void rest() throws InterruptedException {
        updates.stop();
        renewal.stop();
        client.disconnect();
        state.stopped();
        if (wishes.current() instanceof Wish.Rest) {
            wishes.pause();
        }
    }

    /// One round: get in if need be, follow the map until it breaks, wait.
    private void be(LoginOptions options, long number) throws InterruptedException {
        if (number != servedLogin) {
            servedLogin = number;
            state.onLogin();
            wishes.takeSignals(); // of the time before
            pending = Optional.empty();
            renewal.stop();
            replaceKey = options.newKey();
            member = false;
        }
        try {
            heed(wishes.takeSignals());
            if (!member) {
                state.become(new ControlState.Connecting(options.number()));
                register(options);
            }
            updates.resume(nodeKey().publicKey());
            new MapPoll(client, config, new Following(options), clock)
                    .run(messages.stream(nodeKey().publicKey(), updates.current()));
        } catch (ControlException e) {
            onFailure(e);
        } catch (RuntimeException e) {
            // Whatever we did wrong, without this conversation the node would grow old unnoticed.
            LOG.error("the conversation with the control server failed", e);
            onFailure(
                    new ControlException(
                            Reason.OUR_MISTAKE,
                            "This program has made a mistake in its conversation with the control server (the log says more): it begins anew.",
                            e));
        }
    }

    private void heed(Set<Signal> signals) throws ControlException {
        if (signals.contains(Signal.RECONNECT)) {
            client.disconnect();
        }
        if (signals.contains(Signal.HURRY)) {
            backoff.hurry();
        }
        if (signals.contains(Signal.RENEWED)) {
            Optional<NodeIdentity> renewed = renewal.take();
            if (renewed.isPresent()) {
                adopt(renewed.get());
            }
        }
        if (signals.contains(Signal.GONE)) {
            throw new ControlException(Reason.NODE_GONE, ControlClient.goneSentence(config.url()));
        }
    }

    private void register(LoginOptions options) throws ControlException, InterruptedException {
        Registration registration = pending.orElseGet(() -> registration(options, replaceKey));
        pending = Optional.of(registration);
        NodeIdentity accepted =
                registration.run(
                        updates::current,
                        url -> state.become(new ControlState.NeedsLogin(why, Optional.of(url))));
        adopt(accepted);
        pending = Optional.empty();
        replaceKey = false;
    }

    private Registration registration(LoginOptions options, boolean newKey) {
        return new Registration(client, config, messages, options, identity, newKey, random);
    }

    /// The server knows us by these keys; first of all they must be safe.
    private void adopt(NodeIdentity accepted) throws ControlException {
        try {
            wishes.shielded(() -> listener.onIdentity(accepted));
        } catch (IOException e) {
            throw new ControlException(
                    Reason.STATE_NOT_SAVED,
                    "This node's key cannot be saved ("
                            + e.getMessage()
                            + "): give the state directory room and write access.",
                    e);
        }
        identity = accepted;
        member = true;
        updates.start(nodeKey().publicKey());
    }

    private NodePrivateKey nodeKey() {
        return identity.nodeKey().orElseThrow();
    }

    private void onFailure(ControlException failure) throws InterruptedException {
        if (failure.reason() == Reason.NODE_GONE) {
            updates.stop();
            replaceKey = goneBefore; // a server may take our key again only to say that it is gone
            goneBefore = true;
            member = false;
            why = Why.NODE_GONE;
        }
        if (failure.reason() == Reason.AUTH_KEY_EMPTY) {
            state.failed(failure, Optional.empty());
            wishes.pause();
        } else {
            Duration pause = backoff.after(failure);
            state.failed(failure, Optional.of(pause));
            wishes.pause(pause, failure.retryAfter().isEmpty());
        }
    }

    private void logOut(Wish.Logout logout) {
        updates.stop();
        renewal.stop();
        goodbye.say(identity, logout.options());
        try {
            wishes.shielded(() -> listener.onIdentity(NodeIdentity.NONE));
        } catch (IOException e) {
            LOG.warn("the node's key could not be erased: {}", e.getMessage());
        }
        identity = NodeIdentity.NONE;
        member = false;
        why = Why.LOGGED_OUT;
        client.disconnect();
        state.become(new ControlState.NeedsLogin(Why.LOGGED_OUT, Optional.empty()));
        wishes.onLoggedOut(logout);
        logout.done().complete(null);
    }

    /// What the map stream brings, on the worker's thread.
    private final class Following implements MapPoll.Events {
        private final LoginOptions options;
        private boolean heard;

        Following(LoginOptions options) {
            this.options = options;
        }

        @Override
        public void onNetMap(NetMap map) {
            backoff.succeeded();
            if (!heard) {
                heard = true;
                updates.hurry();
            }
            goneBefore = false;
            wishes.shielded(() -> listener.onNetMap(map));
            onSelf(map, clock.instant());
        }

        private void onSelf(NetMap map, Instant now) {
            if (map.isSelfExpired(now)) {
                why = Why.KEY_EXPIRED;
                if (renewal.start(() -> registration(options, true))) {
                    state.become(new ControlState.NeedsLogin(why, Optional.empty()));
                }
                return;
            }
            renewal.stop();
            boolean noteworthy = map.clockSkew().abs().compareTo(NOTEWORTHY_SKEW) >= 0;
            state.become(
                    map.self().machineAuthorized()
                            ? new ControlState.Connected(
                                    Optional.of(map.clockSkew()).filter(skew -> noteworthy))
                            : new ControlState.AwaitingApproval());
        }

        @Override
        public void onPing(PingRequest request) {
            pings.on(request);
        }

        @Override
        public void onVisit(String url) {
            listener.onVisit(url);
        }

        @Override
        public void onSilence() throws ControlException, InterruptedException {
            client.update(messages.update(nodeKey().publicKey(), updates.current()));
        }
    }
}
