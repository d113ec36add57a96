package dev.remora.sidecar.boot;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.boot.ServeFile.Content;
import dev.remora.sidecar.life.Daemon;
import dev.remora.sidecar.life.Situation;
import dev.remora.sidecar.oauth.KeyExchange;
import dev.remora.sidecar.serve.AppAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The program of a container: a daemon in this process, brought up and kept up by what the environment says.
public final class Boot {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);

    /// The app's network is gone: only a new start of this container finds the new one.
    private static final int NETWORK_GONE = 75;

    private static final String INVALID = "invalid configuration: ";
    private static final long LOOK_EVERY_MS = 500;

    /// The kernel's list is long where there are thousands of connections.
    private static final int APP_EVERY_LOOKS = 4;

    private final LiveFile file;
    private volatile BootSettings settings;
    private final Daemon daemon;
    private final Optional<ServeFile> serveFile;
    private final Admission admission;
    private final Optional<PodSecret> secret;
    private final LoginCredentials credentials;
    private final Commands commands;
    private final SocketLink link;
    private final AppWatch app;
    private final NothingPublished nothingPublished;
    private final OtherProcesses processes = OtherProcesses.here();
    private final HostNetwork network = HostNetwork.ofThisMachine();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("boot").daemon().factory());

    private boolean complete;

    /// The node runs, and has been told all that it is to be told.
    private boolean settled;

    private long looks;
    private volatile int exitCode;

    /// @param podUid of the pod that this runs in; empty if it is not known
    private Boot(LiveFile file, BootSettings settings, Daemon daemon, String podUid) {
        this.file = file;
        this.settings = settings;
        this.daemon = daemon;
        this.serveFile = settings.publishing().file().map(ServeFile::new);
        this.admission =
                new Admission(settings.login().once(), settings.login().patience(), Instant.now());
        this.secret = PodSecret.of(settings, podUid);
        this.credentials = new LoginCredentials(KeyExchange.ofThisProcess(), secret);
        this.commands = new Commands(settings, daemon, credentials, new OnCommands());
        Set<Integer> ownPorts =
                settings.endpoints().stream()
                        .map(probes -> probes.address().getPort())
                        .collect(Collectors.toSet());
        this.app = new AppWatch(ownPorts);
        this.nothingPublished = new NothingPublished(ownPorts, settings.daemon().exposesAll());
        this.link = new SocketLink(settings.daemon().link(), settings.daemon().socket());
    }

    /// Runs until it is told to end; never returns.
    public static void main() {
        try {
            Environment environment = Environment.of(System.getenv());
            LiveFile file = LiveFile.open(environment);
            BootSettings settings = file.sources().read();
            Optional<String> root =
                    Rights.reduce(
                            file.sources().merged(),
                            settings.daemon().config(),
                            settings.daemon().stateDirectory());
            Daemon daemon = Daemon.inside(Words.ofDaemon(settings.daemon()), settings.endpoints());
            root.ifPresent(LOG::info);
            new Boot(file, settings, daemon, environment.text("POD_UID")).run();
        } catch (InvalidSettingsException e) {
            giveUp(e.reasons().stream().map(reason -> INVALID + reason).toList());
        } catch (MalformedException e) {
            giveUp(List.of(INVALID + "TS_TAILSCALED_EXTRA_ARGS: " + e.reason()));
        } catch (IOException e) {
            giveUp(List.of(String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            giveUp(List.of("interrupted"));
        }
    }

    /// Says why there is no way to start.
    private static void giveUp(List<String> reasons) {
        reasons.forEach(reason -> System.err.println("boot: " + reason));
        System.exit(1);
    }

    private void run() throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "shutdown"));
        Environment environment = file.sources().merged();
        NotYet.in(environment).forEach(LOG::warn);
        Advice.on(environment, Advice.mounts()).forEach(LOG::warn);
        link.make();
        settings.publishing().declared().ifPresent(json -> publish(json, "REMORA_SERVE"));
        secret.ifPresent(each -> each.follow(daemon));
        watch.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
        Thread.currentThread().join();
    }

    private void look() {
        try {
            serveFile.flatMap(ServeFile::change).ifPresent(this::onServeFile);
            file.look().ifPresent(this::onChange);
            Situation situation = daemon.situation();
            take(next(situation, Instant.now()), situation);
            if (!complete && situation.isRunning()) {
                onComplete();
            }
            if (!settled && situation.isRunning() && !commands.areBusy()) {
                settled = true;
                onSettled(situation);
            }
            if (looks++ % APP_EVERY_LOOKS == 0) {
                lookForApps(situation);
            }
            if (settings.publishing().job() && isAppGone(Instant.now())) {
                endJob();
            } else {
                heed(network.verdict(Instant.now()));
            }
        } catch (IOException | MalformedException e) {
            LOG.debug("the daemon does not answer: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("this program has made a mistake; it goes on", e);
        }
    }

    private void lookForApps(Situation situation) throws IOException, MalformedException {
        Collection<AppAddress> apps = daemon.apps();
        Listeners here = Listeners.here();
        Instant now = Instant.now();
        app.look(apps, here, now).ifPresent(LOG::warn);
        nothingPublished
                .look(situation.isRunning() && apps.isEmpty(), here, now)
                .ifPresent(LOG::warn);
        if (settings.publishing().job()) {
            processes.look(now);
        }
    }

    /// By its ports, or by its processes: where those of the whole machine can be seen, some are always left, and an app need not
    /// listen anywhere.
    private boolean isAppGone(Instant now) {
        return app.isGone(now) || processes.areGone(now);
    }

    private void onComplete() throws IOException, MalformedException {
        complete = true;
        LOG.info("Startup complete, waiting for shutdown signal");
        String wanted = settings.login().hostname();
        String name = daemon.nodeName();
        if (!wanted.isEmpty() && name.startsWith(wanted.toLowerCase(Locale.ROOT) + "-")) {
            LOG.warn(
                    "The control server calls this node {}, since there is another one called {}: delete that if it is an old one of this container's, and keep the state (TS_STATE_DIR) from now on.",
                    name,
                    wanted);
        }
    }

    private void onSettled(Situation situation) {
        List<String> missing = new TagsOfTheKey(settings.login().tags()).missing(situation);
        if (!missing.isEmpty()) {
            LOG.warn(
                    "This node does not have the tags {} that TS_TAGS asks for, but {}: a control server gives tags when a node logs in. Have an administrator change them, or delete the node there.",
                    missing,
                    situation.tags());
        }
    }

    private void endJob() {
        LOG.info("The app has ended, and with it this container's job.");
        exit(0);
    }

    private void heed(HostNetwork.Verdict verdict) {
        switch (verdict) {
            case THERE, AWAY -> {}
            case LOST ->
                    LOG.warn(
                            "The network of the app's container is gone: it was stopped, is started again, or was made anew. Nothing reaches this one until it is started after that.");
            case ELSEWHERE -> {
                LOG.error(
                        "The app's container runs again, with another network. This container ends with code {} so that it is started again in the new one.",
                        NETWORK_GONE);
                exit(NETWORK_GONE);
            }
            case GONE -> {
                if (settings.publishing().job()) {
                    endJob();
                    return;
                }
                LOG.error(
                        "The app's container has not come back for {} s. This container ends with code {}: if the app's was made anew, `docker compose up -d` makes this one anew as well.",
                        HostNetwork.PATIENCE.toSeconds(),
                        NETWORK_GONE);
                exit(NETWORK_GONE);
            }
        }
    }

    private Admission.Step next(Situation situation, Instant now) {
        if (commands.areBusy() || settings.daemon().config().isPresent()) {
            return admission.whileTrying(situation, now);
        }
        return commands.restate()
                ? Admission.Step.NOTHING
                : admission.next(situation, credentials.digest(settings.login()), now);
    }

    private void onChange(LiveFile.Change change) {
        settings = change.settings();
        commands.onChange(change);
        if (change.has(Setting.SERVE)) {
            publish(settings.publishing().declared().orElse("{}"), "what the file serves");
        }
        if (change.has(Setting.LOG_LEVEL)) {
            daemon.logFrom(settings.daemon().verbosity());
        }
    }

    private void exit(int code) {
        exitCode = code;
        watch.shutdown();
        new Thread(() -> System.exit(code), "exit").start();
    }

    private void take(Admission.Step step, Situation situation) {
        switch (step) {
            case NOTHING -> {}
            case UP -> commands.up();
            case SET -> commands.set();
            case COMPLAIN ->
                    LOG.warn(
                            "The node does not run after {} s ({}): {} It is tried on.",
                            settings.login().patience().toSeconds(),
                            situation.code(),
                            situation.sentence());
        }
    }

    private final class OnCommands implements Commands.Listener {
        @Override
        public void onFailure() {
            admission.onFailure();
        }

        @Override
        public void onNonsense(String why) {
            LOG.error("{}{}", INVALID, why);
            exit(1);
        }
    }

    private void onServeFile(Content content) {
        switch (content) {
            case Content.Text(String json) -> publish(json, "TS_SERVE_CONFIG");
            case Content.Nothing(String why) ->
                    LOG.info("{}; what was published before stays", why);
        }
    }

    private void publish(String json, String source) {
        try {
            daemon.publish(json.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedException e) {
            LOG.error("{} is not taken, what was published before stays: {}", source, e.reason());
        } catch (IOException e) {
            LOG.error("{} is not taken: {}", source, e.getMessage());
        }
    }

    /// First nothing new comes in, then what is open may end, then the node leaves: at once for good if it is an ephemeral one.
    private void end() {
        LOG.info("ending");
        watch.shutdownNow();
        commands.stop();
        try {
            Instant limit = Instant.now().plus(settings.publishing().drain());
            while (daemon.drain() > 0 && Instant.now().isBefore(limit)) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (IOException | MalformedException e) {
            LOG.debug("the daemon has ended before: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        daemon.close();
        link.remove();
        Runtime.getRuntime().halt(exitCode);
    }
}
