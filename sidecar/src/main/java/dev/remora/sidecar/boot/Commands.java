package dev.remora.sidecar.boot;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.cli.Program;
import dev.remora.sidecar.life.Daemon;
import dev.remora.sidecar.life.Situation;
import dev.remora.sidecar.oauth.CredentialException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The commands that a container gives its own daemon, each through the command line that people use. One at a time, and in the background: a login takes as long as it takes.
final class Commands {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);

    /// What the command line answers to flags that make no sense.
    private static final int USAGE = 2;

    /// Between tries to have an auth key made.
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /// Hears what came of a command that was of no use.
    interface Listener {
        /// Another try may help, later.
        void onFailure();

        /// None will.
        void onNonsense(String why);
    }

    private volatile BootSettings settings;
    private final Daemon daemon;
    private final Listener listener;
    private final LoginCredentials credentials;
    private final TagsOfTheKey tags;
    private final AtomicBoolean busy = new AtomicBoolean();

    /// What the daemon is to be told as soon as no command is under way.
    private Optional<Runnable> restatement = Optional.empty();

    private volatile boolean isEnding;

    /// What the last command that failed had to say.
    private volatile String complaint = "";

    Commands(
            BootSettings settings, Daemon daemon, LoginCredentials credentials, Listener listener) {
        this.settings = settings;
        this.daemon = daemon;
        this.listener = listener;
        this.credentials = credentials;
        this.tags = new TagsOfTheKey(settings.login().tags());
    }

    /// A command is under way.
    boolean areBusy() {
        return busy.get();
    }

    /// The daemon is going to end: what a command makes of that is no news.
    void stop() {
        isEnding = true;
    }

    /// States all settings, and logs in if that needs it.
    void up() {
        inBackground(this::upWithOrWithoutTags);
    }

    /// States those settings that need no login.
    void set() {
        inBackground(() -> run(Words.ofSet(settings)));
    }

    /// The settings are others now; those that need no login are told to the daemon. A new key is for the next login.
    void onChange(LiveFile.Change change) {
        BootSettings now = change.settings();
        settings = now;
        if (change.has(Setting.HOSTNAME)
                || change.has(Setting.ROUTES)
                || change.has(Setting.ACCEPT_DNS)) {
            restatement = Optional.of(() -> run(Words.ofChange(now, change)));
        }
    }

    /// Tells the daemon what has changed.
    ///
    /// @return whether there was anything to tell
    boolean restate() {
        Optional<Runnable> due = restatement;
        restatement = Optional.empty();
        due.ifPresent(this::inBackground);
        return due.isPresent();
    }

    private void inBackground(Runnable commands) {
        busy.set(true);
        Thread.ofVirtual()
                .name("command")
                .start(() -> {
                    try {
                        commands.run();
                    } catch (IllegalStateException e) {
                        if (!isEnding) {
                            throw e;
                        }
                    } finally {
                        busy.set(false);
                    }
                });
    }

    private void upWithOrWithoutTags() {
        if (isForAnotherServer()) {
            run(Words.ofDown(settings)); // a node that runs does not leave its server
        }
        Optional<BootSettings> ready = ready();
        if (ready.isEmpty()
                || run(Words.ofUp(ready.get()))
                || !tags.mayComeFromTheKey(situation(), credentials.digest(settings.login()))) {
            return;
        }
        LOG.info(
                "The control server takes no tags from a node that has an auth key; perhaps the key has them: trying without TS_TAGS.");
        if (run(Words.ofUp(ready.get().withoutTags())) && !isEnding) {
            List<String> missing = tags.missing(situation());
            if (!missing.isEmpty()) {
                LOG.error(
                        "The auth key does not give this node the tags {}: make one that does. Without them the node logs out again.",
                        missing);
                run(Words.ofLogout(settings));
                listener.onFailure();
            }
        }
    }

    /// Empty if there is nothing to log in with: then the daemon knows why. What may pass by itself is tried until it does.
    private Optional<BootSettings> ready() {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                return Optional.of(credentials.ready(settings, situation()));
            } catch (CredentialException e) {
                onHindrance(e);
                if (!e.isPassing()) {
                    listener.onFailure();
                    return Optional.empty();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            LockSupport.parkNanos(pause.toNanos());
            pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private void onHindrance(CredentialException why) {
        try {
            daemon.hinder(why.reason(), why.sentence());
        } catch (IOException e) {
            LOG.debug("the daemon does not answer: {}", e.getMessage());
        }
        if (!why.sentence().equals(complaint)) {
            complaint = why.sentence();
            LOG.error("{} [{}]", why.sentence(), why.reason().code());
        }
    }

    private boolean isForAnotherServer() {
        try {
            String before = daemon.server();
            Optional<String> wanted = ExtraWords.value(settings.login().extra(), "login-server");
            return !before.isEmpty()
                    && wanted.filter(url -> !bare(url).equals(bare(before))).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private static String bare(String url) {
        return url.replaceFirst("/$", "");
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
        if (isEnding) {
            return true; // whatever it says, it says of a daemon that goes away
        }
        if (code == 0) {
            blame(Optional.empty());
        } else {
            onFailure(words.get(1), code, output.kept());
        }
        return code == 0;
    }

    /// What the server refuses, the daemon has logged already, with the time of the next try.
    private void onFailure(String command, int code, String why) {
        listener.onFailure();
        if (code == USAGE) {
            listener.onNonsense("TS_EXTRA_ARGS: " + why.lines().findFirst().orElse(""));
        } else if (!why.startsWith("backend error: ")) {
            onTrouble(trouble(command, why));
        }
    }

    private Situation.Trouble trouble(String command, String why) {
        return KeyText.isUnreadable(settings.login())
                ? new Situation.Trouble(
                        "auth-key-missing", "The auth key's file cannot be read: " + why + ".")
                : new Situation.Trouble("settings-refused", command + " failed: " + why);
    }

    private void onTrouble(Situation.Trouble trouble) {
        if (!trouble.sentence().equals(complaint)) {
            complaint = trouble.sentence();
            LOG.error("{} [{}]", trouble.sentence(), trouble.code());
        }
        blame(Optional.of(trouble));
    }

    private void blame(Optional<Situation.Trouble> trouble) {
        try {
            daemon.blame(trouble);
        } catch (IOException | MalformedException e) {
            LOG.debug("the daemon is ending: {}", e.getMessage());
        }
    }
}
