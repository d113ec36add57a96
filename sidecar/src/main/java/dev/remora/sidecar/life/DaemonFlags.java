package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How the daemon was called, in `tailscaled`'s flags and Go's syntax for them: one dash or two, `--flag=value` or `--flag value`.
///
/// @param tun the device packets come from; only `userspace-networking` is served
/// @param stateDirectory where the state is; empty: elsewhere, or nowhere
/// @param stateSecret the Kubernetes Secret that has the state instead
/// @param config what says how the node is to be, in place of commands
/// @param udpPort for WireGuard, 0 for any
/// @param verbosity 0 for what a person running a node wants to know, 1 for more, 2 for everything
/// @param exposesAll whether each TCP port of localhost answers on the tailnet, not only those that are served
/// @param errand what to do instead of being a daemon
/// @param notes what is asked for and has no effect, in sentences
record DaemonFlags(
        String tun,
        Optional<Path> stateDirectory,
        Optional<String> stateSecret,
        Optional<DeclaredFile> config,
        Path socket,
        int udpPort,
        int verbosity,
        boolean jsonLog,
        boolean exposesAll,
        Optional<Errand> errand,
        List<String> notes) {
    /// Something that is done at once.
    enum Errand {
        VERSION,
        HELP,
        /// Of what a killed daemon leaves behind; ours leaves nothing.
        CLEANUP
    }

    static final String USAGE =
            """
            usage: remora daemon [flags]
              --tun=userspace-networking    packets stay inside the process (there is no other mode yet)
              --statedir=DIR                where keys and settings are kept (default %s)
              --state=FILE|mem:|kube:NAME   instead of --statedir: DIR/tailscaled.state, nothing kept at all, or a Kubernetes Secret
              --socket=PATH                 the Unix socket that commands talk to (default %s)
              --config=[optional:]FILE      settings, and the auth key to come in with, in the official daemon's form alpha0
              --port=N                      UDP port for WireGuard, 0 for any (default 0)
              --verbose=N                   0, 1 or 2: how much is logged (default 0)
              --log-format=text|json        (default text)
              --expose=declared|all         which ports answer: those that are served, or all of localhost's (default declared)
              --version, --help, --cleanup  say so, or clean up, and end
            """
                    .formatted(Defaults.STATE_DIRECTORY, Defaults.SOCKET);

    /// Flags of the official daemon that change nothing here.
    private static final Map<String, String> WITHOUT_EFFECT =
            Map.of(
                    "debug", "there are no debug pages",
                    "bird-socket", "no routes are told to BIRD",
                    "hardware-attestation", "keys are not bound to hardware",
                    "socks5-server", "there is no SOCKS5 proxy into the tailnet yet",
                    "outbound-http-proxy-listen", "there is no HTTP proxy into the tailnet yet");

    /// Those that stand for `true` where they have no value.
    private static final List<String> SWITCHES =
            List.of(
                    "no-logs-no-support",
                    "version",
                    "help",
                    "h",
                    "cleanup",
                    "encrypt-state",
                    "hardware-attestation");

    private static final String MEMORY = "mem:";
    private static final String SECRET = "kube:";
    private static final String STATE_FILE = "tailscaled.state";
    private static final int MAX_PORT = 65535;

    private static final class Defaults {
        /// In a container it is where the official daemon has it; elsewhere both may run, and one state would make one node of two.
        static final String STATE_DIRECTORY =
                System.getProperty("remora.statedir", "/var/lib/remora");

        static final String SOCKET = "/var/run/tailscale/tailscaled.sock";
    }

    /// Whether the node ends with the process.
    boolean forgets() {
        return stateDirectory.isEmpty() && stateSecret.isEmpty();
    }

    /// The flags cannot be understood: usage is to be shown.
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /// @throws UsageException for a flag that does not exist or a value that makes no sense
    static DaemonFlags parse(List<String> words) throws UsageException {
        Parser parser = new Parser();
        parser.parse(words);
        return parser.flags();
    }

    /// Reads flags for a daemon inside of another program.
    ///
    /// @throws MalformedException for words that make no sense, or not there
    static DaemonFlags inside(List<String> words) throws MalformedException {
        try {
            DaemonFlags flags = parse(words);
            if (flags.errand().isPresent()) {
                throw new MalformedException(
                        "--%s ends the daemon at once, and the container with it: leave it out"
                                .formatted(flags.errand().get().name().toLowerCase(Locale.ROOT)));
            }
            return flags;
        } catch (UsageException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        }
    }

    private static final class Parser {
        private String tun = "userspace-networking";
        private String stateDirectory = "";
        private String state = "";
        private String socket = Defaults.SOCKET;
        private Optional<DeclaredFile> config = Optional.empty();
        private int port;
        private int verbosity;
        private boolean json;
        private boolean exposesAll;
        private Optional<Errand> errand = Optional.empty();
        private final List<String> notes = new ArrayList<>();

        void parse(List<String> words) throws UsageException {
            int next = 0;
            while (next < words.size()) {
                String word = words.get(next++);
                if (!word.startsWith("-") || word.length() < 2) {
                    throw new UsageException("the daemon takes no arguments but flags: " + word);
                }
                String text = word.substring(word.startsWith("--") ? 2 : 1);
                int equals = text.indexOf('=');
                String name = equals < 0 ? text : text.substring(0, equals);
                if (equals >= 0 || SWITCHES.contains(name)) {
                    set(name, equals < 0 ? "true" : text.substring(equals + 1));
                } else if (next < words.size()) {
                    set(name, words.get(next++));
                } else {
                    check(name);
                    throw new UsageException("flag needs an argument: -" + name);
                }
            }
        }

        private void check(String name) throws UsageException {
            boolean known =
                    WITHOUT_EFFECT.containsKey(name)
                            || List.of(
                                            "tun",
                                            "statedir",
                                            "state",
                                            "socket",
                                            "config",
                                            "port",
                                            "verbose",
                                            "log-format",
                                            "expose")
                                    .contains(name);
            if (!known) {
                throw new UsageException("flag provided but not defined: -" + name);
            }
        }

        private void set(String name, String value) throws UsageException {
            switch (name) {
                case "tun" -> tun = value;
                case "statedir" -> stateDirectory = value;
                case "state" -> state = value;
                case "socket" -> {
                    socket = value;
                    if (value.isEmpty()) {
                        throw invalid(name, value, "the path of a Unix socket");
                    }
                }
                case "config" ->
                        config =
                                value.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(DeclaredFile.of(value));
                case "port" -> port = number(name, value, MAX_PORT);
                case "verbose" -> verbosity = number(name, value, 9);
                case "log-format" -> {
                    json = value.equals("json");
                    if (!json && !value.equals("text")) {
                        throw invalid(name, value, "text or json");
                    }
                }
                case "expose" -> {
                    exposesAll = value.equals("all");
                    if (!exposesAll && !value.equals("declared")) {
                        throw invalid(name, value, "declared or all");
                    }
                }
                case "no-logs-no-support" -> {} // we send logs nowhere, told to or not
                case "version" -> run(Errand.VERSION, name, value);
                case "help", "h" -> run(Errand.HELP, name, value);
                case "cleanup" -> run(Errand.CLEANUP, name, value);
                case "encrypt-state" -> {
                    if (isTrue(name, value)) {
                        throw new UsageException(
                                "--encrypt-state: this program cannot encrypt its state; leave the flag out and keep the directory private");
                    }
                }
                default -> note(name, value);
            }
        }

        private void run(Errand what, String name, String value) throws UsageException {
            if (isTrue(name, value)) {
                errand = Optional.of(what);
            }
        }

        private void note(String name, String value) throws UsageException {
            check(name);
            if (!SWITCHES.contains(name) || isTrue(name, value)) {
                notes.add("--" + name + " has no effect: " + WITHOUT_EFFECT.get(name) + ".");
            }
        }

        private static boolean isTrue(String name, String value) throws UsageException {
            return switch (value) {
                case "1", "t", "T", "true", "TRUE", "True" -> true;
                case "0", "f", "F", "false", "FALSE", "False" -> false;
                default -> throw invalid(name, value, "true or false");
            };
        }

        private static int number(String name, String value, int max) throws UsageException {
            boolean digits =
                    !value.isEmpty()
                            && value.length() < 8
                            && value.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits || Integer.parseInt(value) > max) {
                throw invalid(name, value, "a number from 0 to " + max);
            }
            return Integer.parseInt(value);
        }

        private static UsageException invalid(String name, String value, String wanted) {
            return new UsageException(
                    "invalid value \"%s\" for flag -%s: want %s".formatted(value, name, wanted));
        }

        DaemonFlags flags() throws UsageException {
            return new DaemonFlags(
                    tun,
                    directory(),
                    state.startsWith(SECRET)
                            ? Optional.of(state.substring(SECRET.length()))
                            : Optional.empty(),
                    config,
                    Path.of(socket),
                    port,
                    verbosity,
                    json,
                    exposesAll,
                    errand,
                    List.copyOf(notes));
        }

        private Optional<Path> directory() throws UsageException {
            if (state.equals(MEMORY) || state.startsWith(SECRET)) {
                return Optional.empty();
            }
            if (state.isEmpty()) {
                return Optional.of(
                        Path.of(
                                stateDirectory.isEmpty()
                                        ? Defaults.STATE_DIRECTORY
                                        : stateDirectory));
            }
            Path file = Path.of(state).toAbsolutePath();
            if (state.contains(":") || !file.endsWith(STATE_FILE)) {
                throw invalid(
                        "state", state, "mem:, kube:NAME, or a path that ends in " + STATE_FILE);
            }
            return Optional.ofNullable(file.getParent());
        }
    }
}
