package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.Reason;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import dev.remora.io.state.StateException;
import dev.remora.io.state.StateFile;
import dev.remora.io.state.StateInUseException;
import dev.remora.io.state.StateStore;
import dev.remora.node.Node;
import dev.remora.node.NodeSettings;
import dev.remora.node.NodeStatus;
import dev.remora.sidecar.config.Prefs;
import dev.remora.sidecar.config.ServeConfig;
import dev.remora.sidecar.config.Version;
import dev.remora.sidecar.kube.DeviceFacts;
import dev.remora.sidecar.kube.SecretStateStore;
import dev.remora.sidecar.localapi.HttpEndpoint;
import dev.remora.sidecar.localapi.LocalApiServer;
import dev.remora.sidecar.serve.AppAddress;
import dev.remora.sidecar.serve.ServedPorts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The daemon as a process: starts state, node, backend and socket, in this order, and ends them in the other.
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    private static final String USERSPACE = "userspace-networking";

    /// What ends, last started first.
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private volatile int exitCode;
    private volatile Optional<Backend> backend = Optional.empty();
    private final List<Probes> probes;
    private boolean ending;

    private Daemon(List<Probes> probes) {
        this.probes = probes;
    }

    /// Runs until it is told to end; never returns.
    public static void main(String[] args) {
        DaemonFlags flags = flags(args, System.err);
        Logging.configure(flags.verbosity(), flags.jsonLog());
        Daemon daemon = new Daemon(List.of());
        Runtime.getRuntime().addShutdownHook(new Thread(daemon::end, "shutdown"));
        try {
            daemon.start(flags);
            new CountDownLatch(1).await();
        } catch (IOException | MalformedException e) {
            daemon.fail(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            daemon.fail("interrupted");
        }
    }

    /// Starts the daemon inside of another program, which ends it.
    ///
    /// @param words flags, as [#main] takes them
    /// @param probes where they are answered over HTTP
    /// @throws MalformedException for words that make no sense
    /// @throws IOException if there is no way to start; the message says why
    public static Daemon inside(List<String> words, List<Probes> probes)
            throws IOException, MalformedException {
        DaemonFlags flags = DaemonFlags.inside(words);
        Logging.configure(flags.verbosity(), flags.jsonLog());
        if (!flags.tun().equals(USERSPACE)) {
            LOG.warn("--tun={} has no effect: TUN devices come later.", flags.tun());
        }
        Daemon daemon = new Daemon(probes);
        daemon.start(flags);
        return daemon;
    }

    /// Whether [#inside] would take these words.
    ///
    /// @throws MalformedException if not
    public static void check(List<String> words) throws MalformedException {
        DaemonFlags.inside(words);
    }

    /// Whether a file would do for the flag `--config`.
    ///
    /// @throws IOException if not, in a sentence
    public static void checkConfig(Path file) throws IOException {
        new DeclaredFile(file, false).read();
    }

    /// How the node stands.
    public Situation situation() throws IOException, MalformedException {
        return backend().situation();
    }

    /// What keeps the settings from being stated to this daemon; empty: nothing does.
    public void blame(Optional<Situation.Trouble> trouble) throws IOException, MalformedException {
        backend().blame(trouble);
    }

    /// The control server that the node belongs to, as it was named; empty while it belongs to none.
    public String server() throws IOException {
        return backend().prefs().controlUrl();
    }

    /// The apps behind the served ports.
    public Collection<AppAddress> apps() throws IOException, MalformedException {
        Backend now = backend();
        return now.ask(() -> List.copyOf(now.serve().targets().values()));
    }

    /// The name that the control server has given this node, without the tailnet's; empty before that.
    public String nodeName() throws IOException, MalformedException {
        return backend().netMap().map(map -> map.displayName(map.self())).orElse("");
    }

    /// Tells the daemon why nobody can log it in at the moment; it says so wherever it says how it stands, until the next login begins.
    ///
    /// @param sentence for people
    public void hinder(Reason reason, String sentence) throws IOException {
        Backend now = backend();
        now.post(
                () -> now.onHindrance(new ControlState.Failed(reason, sentence, Optional.empty())));
    }

    private Backend backend() throws IOException {
        return backend.orElseThrow(() -> new IOException("the daemon is ending"));
    }

    /// Who the node is on its tailnet; empty before it knows.
    public Optional<DeviceFacts.Device> device() throws IOException, MalformedException {
        return backend()
                .netMap()
                .map(map -> {
                    List<String> addresses =
                            map.self().addresses().stream()
                                    .map(prefix -> prefix.ip().toString())
                                    .toList();
                    return new DeviceFacts.Device(
                            map.self().stableId().value(), map.self().name(), addresses);
                });
    }

    /// Publishes what `json` says and nothing else, until the next change.
    ///
    /// @throws MalformedException if it makes no sense, or asks for what cannot be done: then nothing changes
    public void publish(byte[] json) throws IOException, MalformedException {
        ServeConfig config = ServeConfig.parseFile(json);
        Backend now = backend();
        now.change(() -> {
            now.serve().change(Optional.of(config.withForeground(now.serve().sessions())));
            return true;
        });
    }

    /// Logs more or less from now on.
    ///
    /// @param verbosity as the flag `--verbose` has it
    public void logFrom(int verbosity) {
        Logging.verbosity(verbosity);
    }

    /// Takes no new connections; those that are open go on.
    ///
    /// @return how many are open
    public int drain() throws IOException, MalformedException {
        Backend now = backend();
        return now.ask(() -> now.serve().drain());
    }

    private void fail(String why) {
        System.err.println("remora: " + why);
        exitCode = 1;
        System.exit(1);
    }

    private static DaemonFlags flags(String[] args, PrintStream err) {
        try {
            DaemonFlags flags = DaemonFlags.parse(List.of(args));
            flags.errand().ifPresent(Daemon::runAndExit);
            if (!flags.tun().equals(USERSPACE)) {
                err.println(
                        "remora: TUN devices come later: start with --tun="
                                + USERSPACE
                                + ", which needs no rights and no device");
                System.exit(1);
            }
            return flags;
        } catch (DaemonFlags.UsageException e) {
            err.println(e.getMessage());
            err.print(DaemonFlags.USAGE);
            System.exit(2);
            throw new IllegalStateException("exited", e);
        }
    }

    private static void runAndExit(DaemonFlags.Errand errand) {
        System.out.print(
                switch (errand) {
                    case VERSION -> Version.TEXT + "\n";
                    case HELP -> DaemonFlags.USAGE;
                    case CLEANUP -> "";
                });
        System.exit(0);
    }

    /// On SIGTERM and SIGINT the JVM would report the signal as its exit code; to end as told is a success, at any moment.
    private void end() {
        LOG.info("ending");
        close();
        Runtime.getRuntime().halt(exitCode);
    }

    /// Without a state that can be used the daemon lives on, to say so to whoever asks; it never becomes a new node by that.
    private synchronized void start(DaemonFlags flags) throws IOException, MalformedException {
        if (ending) {
            return;
        }
        LOG.info("Remora {} starts", Version.TEXT);
        flags.notes().forEach(LOG::warn);
        Declared declared = Declared.read(flags.config());
        try {
            startOn(begun(store(flags)), Optional.empty(), flags, declared);
        } catch (StateInUseException e) {
            throw e;
        } catch (StateException e) {
            closeParts();
            String why = String.valueOf(e.getMessage());
            String sentence = Character.toUpperCase(why.charAt(0)) + why.substring(1) + ".";
            LOG.error(
                    "{} [{}] It is looked at again every {} s.",
                    sentence,
                    Situation.STATE_UNUSABLE,
                    StateWatch.EVERY_S);
            startOn(begun(StateStore.inMemory()), Optional.of(sentence), flags, declared);
            begun(StateWatch.start(() -> trouble(flags), why, () -> startAnew(flags)));
        }
    }

    /// Why the state cannot be used; empty if it can.
    private static String trouble(DaemonFlags flags) {
        try (StateStore store = store(flags)) {
            Profiles profiles = new Profiles(store, new SecureRandom());
            LOG.debug("the state can be used: {}", profiles.describe());
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void startAnew(DaemonFlags flags) {
        try {
            synchronized (this) {
                closeParts();
                start(flags);
            }
        } catch (IOException | MalformedException e) {
            // not with the lock, which the end of the process needs
            fail(String.valueOf(e.getMessage()));
        }
    }

    /// @param noState why the state cannot be used
    private void startOn(
            StateStore store, Optional<String> noState, DaemonFlags flags, Declared declared)
            throws IOException, MalformedException {
        SecureRandom random = new SecureRandom();
        SystemInfo system = SystemInfo.here();
        Profiles profiles = new Profiles(store, random);
        Prefs prefs = declared.over(profiles.current().prefs());
        if (!prefs.equals(profiles.current().prefs())) {
            profiles.save(prefs);
        }
        NodeEvents events = new NodeEvents(profiles);
        MemoryContract memory = MemoryContract.ofThisProcess();
        LOG.atLevel(memory.isTight() ? Level.WARN : Level.INFO).log(memory.sentence());
        Node node = begun(Node.start(settings(flags, memory, store, profiles, system), events));
        NodeStatus status = node.status();
        LOG.info("UDP port {}, cipher {}", status.udpPortV4(), status.aead());
        begun(Refusals.start(memory.capacity().connections(), () -> node.status().stack().drops()));
        ServedPorts ports = new ServedPorts(node.loop(), node::listen);
        if (flags.exposesAll()) {
            ports.exposeRest();
        }
        Backend backend =
                begun(
                        new Backend(
                                profiles,
                                Tailnode.of(node),
                                ports,
                                system,
                                flags.forgets(),
                                noState,
                                random));
        begun(StateRetry.start(profiles, () -> backend.post(backend::onChange)));
        Permissions permissions =
                new Permissions(Permissions.ownUid(), () -> backend.prefs().operatorUser());
        Api api =
                new Api(
                        backend,
                        declared,
                        permissions,
                        () -> new Thread(() -> System.exit(0), "exit").start());
        begun(LocalApiServer.start(node.loop(), flags.socket(), Api.headers(), api));
        LOG.info("commands are taken on {}", flags.socket());
        for (Probes each : probes) {
            HealthApi health = new HealthApi(backend, each);
            begun(HttpEndpoint.start(node.loop(), each.address(), health));
            LOG.info("probes are answered on {}", each.shown());
        }
        begun(AtRest.daemon());
        this.backend = Optional.of(backend);
        events.to(backend);
        declared.begin(backend);
        begun(declared.follow(backend));
    }

    private <T extends AutoCloseable> T begun(T part) {
        started.push(part);
        return part;
    }

    private static StateStore store(DaemonFlags flags) throws IOException {
        if (flags.stateSecret().isPresent()) {
            return SecretStateStore.open(flags.stateSecret().get());
        }
        return flags.stateDirectory().isPresent()
                ? StateFile.open(flags.stateDirectory().get())
                : StateStore.inMemory();
    }

    private static NodeSettings settings(
            DaemonFlags flags,
            MemoryContract memory,
            StateStore store,
            Profiles profiles,
            SystemInfo system) {
        return new NodeSettings(
                flags.udpPort(),
                memory.capacity(),
                profiles.machineKey(),
                TlsTrust.of(
                        Optional.ofNullable(System.getenv("SSL_CERT_FILE")),
                        Optional.ofNullable(System.getenv("SSL_CERT_DIR"))),
                HttpProxies.of(System.getenv()),
                Aead.best(),
                false,
                system.hostInfo(profiles.current().prefs()),
                store.cache(NodeSettings.CACHE_NAME));
    }

    /// Waits for a start that is under way: what it begins must end, too.
    @Override
    public synchronized void close() {
        ending = true;
        closeParts();
    }

    private void closeParts() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                LOG.warn("while ending", e);
            }
        }
    }
}
