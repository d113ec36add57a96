package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.engine.NetworkPrefs;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState;
import dev.remora.io.state.StateException;
import dev.remora.sidecar.config.Prefs;
import dev.remora.sidecar.localapi.ApiStream;
import dev.remora.sidecar.localapi.StatusView;
import dev.remora.sidecar.serve.ServedPorts;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the daemon is and does: wishes of its users go in, the node carries them out, watchers are told.
///
/// Everything happens on one thread, one thing after the other. Public methods wait for it; methods that begin with `on` are called on it.
final class Backend implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);
    private static final long LOGOUT_PATIENCE_S = 8;

    private final BackendThread thread = new BackendThread();
    private final Profiles profiles;
    private final Tailnode node;
    private final SystemInfo system;
    private final Optional<String> noState;
    private final Bus bus;
    private final ServeState serve;
    private final Membership membership = new Membership();
    private final News news;
    private final Standing standing;
    private final Login login;

    /// @param ephemeral the server forgets this node when it is gone
    /// @param noState why the state cannot be used, in a sentence: until it can, questions are answered, but nothing is changed
    Backend(
            Profiles profiles,
            Tailnode node,
            ServedPorts ports,
            SystemInfo system,
            boolean ephemeral,
            Optional<String> noState,
            RandomGenerator random) {
        this.profiles = profiles;
        this.node = node;
        this.system = system;
        this.noState = noState;
        this.login = new Login(profiles, node, membership, ephemeral);
        this.bus = new Bus(random);
        Health health = new Health();
        this.news = new News(bus, profiles, membership, health);
        this.serve = new ServeState(profiles, ports, bus);
        this.standing =
                new Standing(profiles, node, system, noState, serve, membership, health, news);
    }

    // The thread.

    /// See [BackendThread#post].
    void post(Runnable action) {
        thread.post(action);
    }

    /// See [BackendThread#ask].
    <T> T ask(Callable<T> question) throws IOException, MalformedException {
        return thread.ask(question);
    }

    /// Runs on the backend's thread what changes something, and tells what follows from it, be it that it cannot be saved.
    ///
    /// @throws StateException if there is no state to change
    <T> T change(Callable<T> change) throws IOException, MalformedException {
        return thread.ask(() -> {
            if (noState.isPresent()) {
                throw new StateException(noState.get());
            }
            try {
                return change.call();
            } finally {
                standing.settle();
            }
        });
    }

    // The life of it.

    /// Becomes what it was at the end of last time.
    ///
    /// @param key to come in with if that is needed; empty for none
    void resume(String key) throws IOException, MalformedException {
        ask(() -> {
            serve.load();
            Prefs prefs = prefs();
            applyToNode(prefs);
            if (noState.isEmpty()) {
                LOG.info("state in {}: {}", profiles.describe(), profiles.current());
            }
            if (key.isEmpty() || noState.isPresent()) {
                login.resume();
            } else {
                login.start(key);
            }
            standing.settle();
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
        thread.close();
    }

    Prefs prefs() {
        return profiles.current().prefs();
    }

    // What users ask for.

    /// Preferences and identity as they may be shown.
    Map<String, @Nullable Object> prefsTree() throws IOException, MalformedException {
        return ask(() -> profiles.current().toPublicTree());
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
            Saving saving = Saving.attempt(() -> profiles.save(after));
            applyToNode(after);
            if (before.wantRunning() && !after.wantRunning()) {
                node.pause();
            } else if (!before.wantRunning()) {
                login.resume();
            }
            standing.settle();
            news.prefs();
            saving.complain();
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
            login.noteServer(prefs().controlUrl(), prefs.controlUrl());
            Saving saving = Saving.attempt(() -> profiles.save(prefs));
            applyToNode(prefs);
            standing.startOver();
            news.prefs();
            login.start(key);
            standing.settle();
            saving.complain();
            return true;
        });
    }

    /// Logs in, anew if there is a key already; the page to visit is told to watchers.
    void loginInteractive() throws IOException, MalformedException {
        change(() -> {
            if (login.isBegun()) {
                return true;
            }
            if (!membership.authUrl().isEmpty()) {
                news.page(membership.authUrl());
                return true;
            }
            Prefs wanted = prefs().withWantRunning(true).withLoggedOut(false);
            Saving saving = Saving.attempt(() -> profiles.save(wanted));
            login.again();
            standing.settle();
            saving.complain();
            return true;
        });
    }

    /// Gives up membership, on the server as far as it can be reached, and here in any case.
    void logout() throws IOException, MalformedException {
        var told = change(node::logout);
        try {
            told.get(LOGOUT_PATIENCE_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the control server may not know of the logout");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ask(() -> {
            node.pause();
            String id = profiles.current().id();
            Saving saving = Saving.attempt(() -> profiles.remove(id));
            onOtherProfile();
            saving.complain();
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
                login.resume();
            }
            return known;
        });
    }

    /// One that is not there is as gone as it should be.
    void removeProfile(String id) throws IOException, MalformedException {
        change(() -> {
            boolean current = id.equals(profiles.current().id());
            if (current) {
                node.pause();
            }
            if (profiles.remove(id) && current) {
                onOtherProfile();
            }
            return true;
        });
    }

    private void onOtherProfile() {
        login.forget();
        membership.forget();
        standing.startOver();
        serve.load();
        applyToNode(prefs());
        news.prefs();
        standing.settle();
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
        membership.takeError().ifPresent(news::error);
        if (!membership.authUrl().isEmpty()) {
            news.page(membership.authUrl());
        }
        standing.settle();
    }

    void onNetMap(NetMap map) {
        Optional<NetMap> before = membership.netMap();
        boolean loggedIn = membership.onNetMap(map);
        if (loggedIn) {
            news.loginFinished();
        }
        saveMembership(map, loggedIn);
        news.netMap(before, map);
        standing.settle();
    }

    private void saveMembership(NetMap map, boolean loggedIn) {
        try {
            if (loggedIn) {
                profiles.save(prefs().withLoggedOut(false));
            }
            boolean changed = profiles.saveMembership(map, Instant.now());
            if (changed) {
                serve.load(); // it may be somebody who was here before
            }
            if (loggedIn || changed) {
                news.prefs();
            }
        } catch (IOException e) {
            LOG.debug("{}", e.getMessage()); // the diagnosis says it, too
        }
    }

    void onHindrance(ControlState.Failed why) {
        membership.hinder(why);
        standing.settle();
    }

    void onIdentity() {
        standing.settle();
    }

    void onVisit(String url) {
        news.page(url);
    }

    void onChange() {
        standing.settle();
    }

    // Looking at it.

    StatusView view() throws IOException, MalformedException {
        return ask(standing::view);
    }

    Optional<NetMap> netMap() throws IOException, MalformedException {
        return ask(membership::netMap);
    }

    int warnings() throws IOException, MalformedException {
        return ask(standing::warnings);
    }

    Situation situation() throws IOException, MalformedException {
        return ask(standing::situation);
    }

    /// What keeps the settings from being stated, if anything does.
    void blame(Optional<Situation.Trouble> trouble) throws IOException, MalformedException {
        ask(() -> {
            standing.blame(trouble);
            return true;
        });
    }

    /// Tells `stream` what happens from now on, and first of all how things are, as far as `mask` asks for it.
    void watch(WatchMask mask, ApiStream stream) throws IOException, MalformedException {
        ask(() -> {
            String session = bus.add(mask, stream);
            if (mask.wantsInitial()) {
                news.initial(mask, session, standing.state(), standing::view);
            }
            stream.onClose(() ->
                    post(() -> {
                        bus.remove(session);
                        serve.onSessionEnded(session);
                    }));
            return true;
        });
    }
}
