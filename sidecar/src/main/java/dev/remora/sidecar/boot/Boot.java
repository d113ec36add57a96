package dev.remora.sidecar.boot;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.boot.ServeFile.Content;
import dev.remora.sidecar.cli.Program;
import dev.remora.sidecar.life.Daemon;
import dev.remora.sidecar.life.Probes;
import dev.remora.sidecar.life.Situation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The program of a container: a daemon in this process, brought up and kept up by what the environment says.
public final class Boot {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);

    /// What the command line answers to flags that make no sense.
    private static final int USAGE = 2;

    /// The app's network is gone: only a new start of this container finds the new one.
    private static final int NETWORK_GONE = 75;

    private static final long LOOK_EVERY_MS = 500;

    private final BootSettings settings;
    private final Daemon daemon;
    private final Optional<ServeFile> serveFile;
    private final Admission admission;
    private final TagsOfTheKey tags;
    private final SocketLink link;
    private final HostNetwork network = HostNetwork.ofThisMachine();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("boot").daemon().factory());

    /// A command is under way; it may take as long as a login takes.
    private final AtomicBoolean busy = new AtomicBoolean();

    /// What the last command that failed had to say.
    private volatile String complaint = "";

    private boolean complete;
    private volatile int exitCode;

    private Boot(BootSettings settings, Daemon daemon) {
        this.settings = settings;
        this.daemon = daemon;
        this.serveFile = settings.publishing().file().map(ServeFile::new);
        this.admission =
                new Admission(settings.login().once(), settings.login().patience(), Instant.now());
        this.tags = new TagsOfTheKey(settings.login().tags());
        this.link = new SocketLink(settings.daemon().link(), settings.daemon().socket());
    }

    /// Runs until it is told to end; never returns.
    public static void main() {
        try {
            Environment environment = new Environment(System.getenv());
            BootSettings settings = SettingsReader.read(environment);
            Daemon daemon =
                    Daemon.inside(Words.ofDaemon(settings.daemon()), probes(settings.endpoints()));
            new Boot(settings, daemon).run(environment);
        } catch (InvalidSettingsException e) {
            e.reasons()
                    .forEach(
                            reason -> System.err.println("boot: invalid configuration: " + reason));
            System.exit(1);
        } catch (MalformedException e) {
            System.err.println(
                    "boot: invalid configuration: TS_TAILSCALED_EXTRA_ARGS: " + e.reason());
            System.exit(1);
        } catch (IOException e) {
            System.err.println("boot: " + e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            System.exit(1);
        }
    }

    private static Optional<Probes> probes(BootSettings.Endpoints endpoints) {
        return endpoints
                .address()
                .map(address -> new Probes(address, endpoints.metrics(), endpoints.health()));
    }

    private void run(Environment environment) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "shutdown"));
        NotYet.in(environment).forEach(LOG::warn);
        link.make();
        settings.publishing().declared().ifPresent(json -> publish(json, "REMORA_SERVE"));
        watch.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
        Thread.currentThread().join();
    }

    private void look() {
        try {
            serveFile.flatMap(ServeFile::change).ifPresent(this::onServeFile);
            Situation situation = daemon.situation();
            take(next(situation, Instant.now()), situation);
            if (!complete && situation.code().equals(Situation.RUNNING)) {
                complete = true;
                LOG.info("Startup complete, waiting for shutdown signal");
            }
            if (network.isGone(Instant.now())) {
                LOG.error(
                        "The network of the app's container is gone: it was stopped or made anew. This container ends with code {} so that it is started again in the new one.",
                        NETWORK_GONE);
                exit(NETWORK_GONE);
            }
        } catch (IOException | MalformedException e) {
            LOG.debug("the daemon does not answer: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("this program has made a mistake; it goes on", e);
        }
    }

    private Admission.Step next(Situation situation, Instant now) {
        return busy.get()
                ? admission.whileTrying(situation, now)
                : admission.next(situation, KeyText.digest(settings.login()), now);
    }

    private void exit(int code) {
        exitCode = code;
        new Thread(() -> System.exit(code), "exit").start();
    }

    private void take(Admission.Step step, Situation situation) {
        switch (step) {
            case NOTHING -> {}
            case UP -> inBackground(this::up);
            case SET -> inBackground(() -> run(Words.ofSet(settings)));
            case COMPLAIN ->
                    LOG.warn(
                            "The node does not run after {} s ({}): {} It is tried on.",
                            settings.login().patience().toSeconds(),
                            situation.code(),
                            situation.sentence());
        }
    }

    private void inBackground(Runnable commands) {
        busy.set(true);
        Thread.ofVirtual()
                .name("command")
                .start(() -> {
                    try {
                        commands.run();
                    } finally {
                        busy.set(false);
                    }
                });
    }

    private void up() {
        if (run(Words.ofUp(settings))
                || !tags.mayComeFromTheKey(situation(), KeyText.digest(settings.login()))) {
            return;
        }
        LOG.info(
                "The control server takes no tags from a node that has an auth key; perhaps the key has them: trying without TS_TAGS.");
        if (run(Words.ofUp(settings.withoutTags()))) {
            List<String> missing = tags.missing(situation());
            if (!missing.isEmpty()) {
                LOG.error(
                        "The auth key does not give this node the tags {}: make one that does. Without them the node logs out again.",
                        missing);
                run(Words.ofLogout(settings));
                admission.onFailure();
            }
        }
    }

    private Situation situation() {
        try {
            return daemon.situation();
        } catch (IOException | MalformedException e) {
            throw new IllegalStateException("the daemon is ending", e);
        }
    }

    /// Whether the command did what it should; if not, somebody has been told.
    private boolean run(List<String> words) {
        CommandOutput output = new CommandOutput(System.err);
        int code = Program.run("tailscale", words, System.out, output.stream());
        if (code != 0) {
            onFailure(words.get(1), code, output.kept());
        }
        return code == 0;
    }

    /// What the server refuses, the daemon has logged already, with the time of the next try.
    private void onFailure(String command, int code, String why) {
        admission.onFailure();
        if (code == USAGE) {
            LOG.error(
                    "invalid configuration: TS_EXTRA_ARGS: {}", why.lines().findFirst().orElse(""));
            exit(1);
        } else if (!why.startsWith("backend error: ") && !why.equals(complaint)) {
            complaint = why;
            LOG.error("{} failed: {}", command, why);
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
