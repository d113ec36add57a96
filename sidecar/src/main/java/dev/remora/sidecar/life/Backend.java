package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.engine.NetworkPrefs;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.ControlUrl;
import dev.remora.io.control.LoginOptions;
import dev.remora.io.derp.RelayStatus;
import dev.remora.io.state.StateException;
import dev.remora.node.NodeStatus;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.wireguard.TunnelStats;
import dev.remora.sidecar.config.Prefs;
import dev.remora.sidecar.config.Version;
import dev.remora.sidecar.localapi.ApiStream;
import dev.remora.sidecar.localapi.NodeJson;
import dev.remora.sidecar.localapi.StatusJson;
import dev.remora.sidecar.localapi.StatusView;
import dev.remora.sidecar.serve.ServedPorts;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the daemon is and does: wishes of its users go in, the node carries them out, watchers are told.
///
/// Everything happens on one thread, one thing after the other. Public methods wait for it; methods that begin with `on` are called on it.
final class Backend implements AutoCloseable {
    static final String DEFAULT_CONTROL_URL = "https://controlplane.tailscale.com";

    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);
    private static final long LOGOUT_PATIENCE_S = 8;

    /// `up` says `start` and `login-interactive` one right after the other.
    private static final Duration SAME_LOGIN_WITHIN = Duration.ofSeconds(10);

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("backend").factory());
    private final Profiles profiles;
    private final Tailnode node;
    private final SystemInfo system;
    private final boolean ephemeral;
    private final Optional<String> noState;
    private final Bus bus;
    private final ServeState serve;
    private final Health health = new Health();
    private final Membership membership = new Membership();
    private RunState state = RunState.NO_STATE;
    private RunState logged = RunState.NO_STATE;
    private Optional<AuthKey> authKey = Optional.empty();

    /// Until when a `login-interactive` means the login that the last `start` has begun, for a node without a key.
    private Instant sameLoginUntil = Instant.MIN;

    /// @param ephemeral the server forgets this node when it is gone
    /// @param noState why the state cannot be used, in a sentence: until it can, questions are answered, but nothing is changed
    Backend(
            Profiles profiles,
            Tailnode node,
            ServedPorts ports,
            SystemInfo system,
            boolean ephemeral,
            Optional<String> noState,
            java.util.random.RandomGenerator random) {
        this.profiles = profiles;
        this.node = node;
        this.system = system;
        this.ephemeral = ephemeral;
        this.noState = noState;
        this.bus = new Bus(random);
        this.serve = new ServeState(profiles, ports, bus);
    }

    // The thread.

    void post(Runnable action) {
        try {
            thread.execute(() -> {
                try {
                    action.run();
                } catch (RuntimeException e) {
                    LOG.error("the daemon failed on something", e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("news after the end");
        }
    }

    /// Runs `question` on the backend's thread.
    ///
    /// @throws IOException what the question threw, or that it was never asked
    <T> T ask(Callable<T> question) throws IOException, MalformedException {
        try {
            return thread.submit(question).get();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            switch (cause) {
                case IOException io -> throw io;
                case MalformedException malformed -> throw malformed;
                case RuntimeException mistake -> throw mistake;
                default -> throw new IllegalStateException(e.getCause());
            }
        } catch (RejectedExecutionException e) {
            throw new IOException("the daemon is ending", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// Runs on the backend's thread what changes something.
    ///
    /// @throws StateException if there is no state to change
    <T> T change(Callable<T> change) throws IOException, MalformedException {
        return ask(() -> {
            if (noState.isPresent()) {
                throw new StateException(noState.get());
            }
            return change.call();
        });
    }

    /// Saves something. What cannot be saved counts all the same; [#complain] says so when everything that follows from it is done.
    static Optional<IOException> attempt(Saving saving) {
        try {
            saving.run();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    interface Saving {
        void run() throws IOException;
    }

    static void complain(Optional<IOException> unsaved) throws StateException {
        if (unsaved.isPresent()) {
            throw new StateException(
                    "this is in effect, but would be forgotten at a restart: "
                            + unsaved.get().getMessage(),
                    unsaved.get());
        }
    }

    // The life of it.

    /// Becomes what it was at the end of last time.
    void resume() throws IOException, MalformedException {
        ask(() -> {
            serve.load();
            Prefs prefs = prefs();
            applyToNode(prefs);
            if (noState.isEmpty()) {
                LOG.info("state in {}: {}", profiles.describe(), profiles.current());
            }
            if (prefs.wantRunning() && hasKey()) {
                connect(false);
            }
            settle();
            return true;
        });
    }

    /// Ends every stream. The node is somebody else's to close.
    @Override
    public void close() {
        post(() -> {
            serve.close();
            bus.closeAll();
        });
        thread.shutdown();
        try {
            if (!thread.awaitTermination(2, TimeUnit.SECONDS)) {
                LOG.warn("the backend did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Prefs prefs() {
        return profiles.current().prefs();
    }

    private boolean hasKey() {
        return profiles.current().identity().nodeKey().isPresent();
    }

    // What users ask for.

    /// Preferences and identity as they may be shown.
    Map<String, @Nullable Object> prefsTree() throws IOException, MalformedException {
        return ask(() -> profiles.current().toPublicTree());
    }

    Prefs currentPrefs() {
        return profiles.current().prefs();
    }

    /// Changes the preferences that `masked` names.
    ///
    /// @throws MalformedException if they make no sense
    Map<String, @Nullable Object> editPrefs(Map<String, ?> masked)
            throws IOException, MalformedException {
        return change(() -> {
            Prefs before = prefs();
            Prefs after = before.patched(masked);
            refuseBad(after);
            Optional<IOException> unsaved = attempt(() -> profiles.save(after));
            applyToNode(after);
            if (before.wantRunning() != after.wantRunning()) {
                if (after.wantRunning()) {
                    if (hasKey()) {
                        connect(false);
                    }
                } else {
                    node.pause();
                }
            }
            settle();
            tellPrefs();
            complain(unsaved);
            return profiles.current().toPublicTree();
        });
    }

    private static void refuseBad(Prefs prefs) throws PrefsException {
        Optional<String> wrong = PrefsCheck.of(prefs);
        if (wrong.isPresent()) {
            throw new PrefsException(wrong.get());
        }
    }

    private void applyToNode(Prefs prefs) {
        node.updateHostInfo(system.hostInfo(prefs));
        node.updatePrefs(new NetworkPrefs(prefs.acceptRoutes(), prefs.shieldsUp()));
    }

    /// Takes other preferences, if given, and connects with them.
    void start(Optional<Prefs> wanted, String key) throws IOException, MalformedException {
        change(() -> {
            Prefs prefs = wanted.orElse(prefs());
            refuseBad(prefs);
            Optional<IOException> unsaved = attempt(() -> profiles.save(prefs));
            applyToNode(prefs);
            authKey = key.isEmpty() ? Optional.empty() : Optional.of(new AuthKey(key));
            state = RunState.NO_STATE;
            sameLoginUntil = Instant.MIN;
            tellPrefs();
            if (prefs.wantRunning() && (hasKey() || authKey.isPresent())) {
                if (!hasKey()) {
                    sameLoginUntil = Instant.now().plus(SAME_LOGIN_WITHIN);
                }
                connect(false);
            } else {
                node.pause();
            }
            settle();
            complain(unsaved);
            return true;
        });
    }

    private void connect(boolean newKey) throws MalformedException {
        String url = prefs().controlUrl().isEmpty() ? DEFAULT_CONTROL_URL : prefs().controlUrl();
        long number = membership.begin(url, authKey.isPresent());
        node.login(
                ControlUrl.parse(url),
                profiles.current().identity(),
                new LoginOptions(
                        authKey,
                        ephemeral,
                        newKey,
                        Optional.empty(),
                        number,
                        Optional.of(profiles.lockKey().publicKey())));
    }

    /// Logs in, anew if there is a key already; the page to visit is told to watchers.
    void loginInteractive() throws IOException, MalformedException {
        change(() -> {
            if (Instant.now().isBefore(sameLoginUntil)) {
                sameLoginUntil = Instant.MIN;
            } else if (!membership.authUrl().isEmpty()) {
                bus.tellAll(message().with(Notify.Member.BROWSE_TO_URL, membership.authUrl()));
            } else {
                Prefs wanted = prefs().withWantRunning(true).withLoggedOut(false);
                Optional<IOException> unsaved = attempt(() -> profiles.save(wanted));
                connect(hasKey());
                settle();
                complain(unsaved);
            }
            return true;
        });
    }

    /// Gives up membership, on the server as far as it can be reached, and here in any case.
    void logout() throws IOException, MalformedException {
        var told = change(node::logout);
        try {
            told.get(LOGOUT_PATIENCE_S, TimeUnit.SECONDS);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.warn("the control server may not know of the logout");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ask(() -> {
            node.pause();
            String id = profiles.current().id();
            Optional<IOException> unsaved = attempt(() -> profiles.remove(id));
            onOtherProfile();
            complain(unsaved);
            return true;
        });
    }

    /// Begins another profile; the present one stays kept.
    void newProfile() throws IOException, MalformedException {
        change(() -> {
            node.pause();
            profiles.startNew();
            onOtherProfile();
            return true;
        });
    }

    boolean switchProfile(String id) throws IOException, MalformedException {
        return change(() -> {
            boolean known = profiles.switchTo(id);
            if (known) {
                node.pause();
                onOtherProfile();
                if (prefs().wantRunning() && hasKey()) {
                    connect(false);
                }
            }
            return known;
        });
    }

    boolean removeProfile(String id) throws IOException, MalformedException {
        return change(() -> {
            boolean current = id.equals(profiles.current().id());
            if (current) {
                node.pause();
            }
            boolean known = profiles.remove(id);
            if (known && current) {
                onOtherProfile();
            }
            return known;
        });
    }

    private void onOtherProfile() {
        authKey = Optional.empty();
        sameLoginUntil = Instant.MIN;
        membership.forget();
        state = RunState.NO_STATE;
        serve.load();
        applyToNode(prefs());
        tellPrefs();
        settle();
    }

    ServeState serve() {
        return serve;
    }

    Profiles profiles() {
        return profiles;
    }

    Tailnode node() {
        return node;
    }

    // What the node tells.

    void onControl(ControlState now) {
        membership.onControl(now);
        membership
                .takeError()
                .ifPresent(error -> bus.tellAll(message().with(Notify.Member.ERROR, error)));
        String url = membership.authUrl();
        if (!url.isEmpty()) {
            bus.tellAll(message().with(Notify.Member.BROWSE_TO_URL, url));
        }
        settle();
    }

    void onNetMap(NetMap map) {
        Optional<NetMap> before = membership.netMap();
        boolean loggedIn = membership.onNetMap(map);
        if (loggedIn) {
            bus.tellAll(message().with(Notify.Member.LOGIN_FINISHED, Map.of()));
        }
        saveMembership(map, loggedIn);
        Optional<Node> selfBefore = before.map(NetMap::self);
        if (!selfBefore.equals(Optional.of(map.self()))) {
            bus.tellAll(message().with(Notify.Member.SELF_CHANGE, NodeJson.node(map, map.self())));
        }
        if (bus.wants(WatchMask.PEER_CHANGES)) {
            PeerNews.between(before, map, this::message)
                    .ifPresent(news -> bus.tell(WatchMask.PEER_CHANGES, news));
        }
        settle();
    }

    private void saveMembership(NetMap map, boolean loggedIn) {
        try {
            Map<String, @Nullable Object> user = NodeJson.user(map, map.self().user());
            if (loggedIn) {
                profiles.save(prefs().withLoggedOut(false));
            }
            boolean news =
                    profiles.saveMembership(
                            user, map.self().stableId().value(), about(map, user), Instant.now());
            if (loggedIn || news) {
                tellPrefs();
            }
        } catch (IOException e) {
            LOG.debug("{}", e.getMessage()); // the diagnosis says it, too
        }
    }

    private Map<String, @Nullable Object> about(NetMap map, Map<String, @Nullable Object> user) {
        Map<String, @Nullable Object> network = new LinkedHashMap<>();
        network.put("MagicDNSName", map.magicDnsSuffix());
        network.put("DomainName", map.domain());
        network.put("DisplayName", "");
        Map<String, @Nullable Object> about = new LinkedHashMap<>();
        about.put("Name", user.get("LoginName"));
        about.put("NetworkProfile", network);
        about.put("UserProfile", user);
        about.put("NodeID", map.self().stableId().value());
        about.put("LocalUserID", "");
        about.put("ControlURL", prefs().controlUrl());
        return about;
    }

    void onIdentity() {
        settle();
    }

    void onVisit(String url) {
        bus.tellAll(message().with(Notify.Member.BROWSE_TO_URL, url));
    }

    void onChange() {
        settle();
    }

    // What follows from it all.

    /// Finds the state that follows from how things are now, and tells what is different.
    private void settle() {
        NodeStatus status = node.status();
        RunState before = state;
        RunState next = noState.isPresent() ? before : before.next(facts(status));
        while (next != state) {
            if (next != logged) {
                LOG.info("{} -> {}{}", logged, next, addresses(next));
                logged = next;
            }
            state = next;
            bus.tellAll(message().with(Notify.Member.STATE, next.number()));
            next = next.next(facts(status));
        }
        List<Warning> warnings =
                Diagnosis.of(
                        noState,
                        profiles.trouble(),
                        prefs(),
                        state,
                        membership,
                        status,
                        serve.problems(),
                        ZoneId.systemDefault());
        if (health.update(warnings, Instant.now())) {
            bus.tellAll(message().with(Notify.Member.HEALTH, health.toTree()));
        }
        if (bus.wants(WatchMask.ENGINE_UPDATES)) {
            bus.tell(
                    WatchMask.ENGINE_UPDATES, message().with(Notify.Member.ENGINE, engine(status)));
        }
    }

    private String addresses(RunState next) {
        return next == RunState.RUNNING
                ? membership
                        .netMap()
                        .map(map ->
                                " as "
                                        + map.displayName(map.self())
                                        + " "
                                        + NodeJson.addresses(map.self()))
                        .orElse("")
                : "";
    }

    private RunState.Facts facts(NodeStatus status) {
        Prefs prefs = prefs();
        Optional<NetMap> map = membership.netMap();
        return new RunState.Facts(
                prefs.wantRunning(),
                prefs.loggedOut(),
                hasKey(),
                !hasKey() || membership.needsPerson(),
                map.isPresent(),
                membership.isKeyExpired(Instant.now()),
                map.filter(m -> !m.self().machineAuthorized()).isEmpty(),
                isLive(status));
    }

    private static boolean isLive(NodeStatus status) {
        return status.relays().stream()
                        .anyMatch(relay -> relay.phase() == RelayStatus.Phase.CONNECTED)
                || status.peers().values().stream()
                        .anyMatch(peer -> peer.tunnel().filter(TunnelStats::canSend).isPresent());
    }

    private static Map<String, @Nullable Object> engine(NodeStatus status) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put(
                "RBytes",
                status.traffic().receivedBytes().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
        tree.put(
                "WBytes",
                status.traffic().sentBytes().values().stream().mapToLong(Long::longValue).sum());
        tree.put(
                "NumLive",
                status.peers().values().stream()
                        .filter(peer -> peer.tunnel().filter(TunnelStats::canSend).isPresent())
                        .count());
        tree.put(
                "LiveDERPs",
                status.relays().stream()
                        .filter(relay -> relay.phase() == RelayStatus.Phase.CONNECTED)
                        .count());
        tree.put("LivePeers", Map.of());
        return tree;
    }

    private Notify message() {
        return new Notify(Version.TEXT);
    }

    private void tellPrefs() {
        bus.tellAll(message().with(Notify.Member.PREFS, profiles.current().toPublicTree()));
    }

    // Looking at it.

    StatusView view() throws IOException, MalformedException {
        return ask(this::viewNow);
    }

    private StatusView viewNow() {
        return new StatusView(
                state.toString(),
                membership.authUrl(),
                system.hostname(),
                node.status(),
                membership.netMap(),
                hasKey(),
                membership.isConnected(),
                prefs().controlUrl().replaceFirst("^https?://", "").replaceFirst("[:/].*", ""),
                health.texts(),
                serve.connections());
    }

    Optional<NetMap> netMap() throws IOException, MalformedException {
        return ask(membership::netMap);
    }

    int warnings() throws IOException, MalformedException {
        return ask(health::size);
    }

    /// Tells `stream` what happens from now on, and first of all how things are, as far as `mask` asks for it.
    void watch(WatchMask mask, ApiStream stream) throws IOException, MalformedException {
        ask(() -> {
            String session = bus.add(mask, stream);
            if (mask.wantsInitial()) {
                bus.tell(session, initial(mask, session));
            }
            stream.onClose(() ->
                    post(() -> {
                        bus.remove(session);
                        serve.onSessionEnded(session);
                    }));
            return true;
        });
    }

    private Notify initial(WatchMask mask, String session) {
        Notify first = message().with(Notify.Member.SESSION_ID, session);
        Optional<NetMap> map = membership.netMap();
        if (mask.has(WatchMask.INITIAL_STATE)) {
            first.with(Notify.Member.STATE, state.number());
            if (state == RunState.NEEDS_LOGIN && !membership.authUrl().isEmpty()) {
                first.with(Notify.Member.BROWSE_TO_URL, membership.authUrl());
            }
        }
        if (mask.has(WatchMask.INITIAL_PREFS)) {
            first.with(Notify.Member.PREFS, profiles.current().toPublicTree());
        }
        if (mask.has(WatchMask.INITIAL_NET_MAP) && map.isPresent()) {
            first.with(Notify.Member.SELF_CHANGE, NodeJson.node(map.get(), map.get().self()));
            if (!mask.has(WatchMask.NO_NET_MAP)) {
                first.with(Notify.Member.NET_MAP, PeerNews.netMap(map.get()));
            }
        }
        if (mask.has(WatchMask.INITIAL_STATUS)) {
            first.with(Notify.Member.INITIAL_STATUS, StatusJson.of(viewNow(), true));
        }
        if (mask.has(WatchMask.INITIAL_HEALTH)) {
            first.with(Notify.Member.HEALTH, health.toTree());
        }
        return first;
    }
}
