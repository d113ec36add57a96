package dev.remora.sidecar.life;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.serve.AppAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether the node is ready for whoever asks, by the conditions that they name.
final class Readiness {
    private static final int BACKEND_PATIENCE_MS = 1_000;

    /// One condition.
    enum Check {
        /// The node has addresses on the tailnet and may use them.
        IP,
        /// The control server answers. Not asked for by default: peers reach a node whose server is away.
        CONTROL,
        /// A relay connection or a session with a peer stands.
        PATH,
        /// Every app behind a served port takes connections.
        BACKEND;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final Set<Check> DEFAULT = EnumSet.of(Check.IP, Check.BACKEND);

    private record Finding(boolean ok, String reason, String message) {
        static final Finding OK = new Finding(true, "", "");

        Map<String, Object> toTree() {
            return ok
                    ? Map.of("ok", true)
                    : ordered("ok", false, "reason", reason, "message", message);
        }
    }

    private final Situation situation;
    private final Map<Check, Finding> findings = new LinkedHashMap<>();

    private Readiness(Situation situation) {
        this.situation = situation;
    }

    /// Looks at all that `required` names. May take as long as an app takes to refuse a connection.
    ///
    /// @param served ports and the apps behind them
    static Readiness of(Set<Check> required, Situation situation, Map<Integer, AppAddress> served) {
        Readiness readiness = new Readiness(situation);
        for (Check check : required) {
            readiness.findings.put(check, readiness.look(check, served));
        }
        return readiness;
    }

    /// Reads `ip,control` and the like.
    ///
    /// @throws MalformedException with a reason for people
    static Set<Check> parse(String text) throws MalformedException {
        Set<Check> checks = EnumSet.noneOf(Check.class);
        for (String name : text.split(",")) {
            try {
                checks.add(Check.valueOf(name.strip().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new MalformedException(
                        "\"" + name + "\" cannot be required; ip, control, path and backend can");
            }
        }
        return checks;
    }

    private Finding look(Check check, Map<Integer, AppAddress> served) {
        return switch (check) {
            case IP -> found(situation.hasAddresses(), "The node has no addresses on the tailnet.");
            case CONTROL -> control();
            case PATH -> found(situation.hasPath(), "Neither a relay nor a peer is connected.");
            case BACKEND -> backends(served);
        };
    }

    /// While the node runs the server may be away all the same, for a reason of its own.
    private Finding control() {
        return situation
                .control()
                .filter(_ -> situation.isRunning())
                .map(trouble -> new Finding(false, trouble.code(), trouble.sentence()))
                .orElseGet(() ->
                        found(
                                situation.control().isEmpty(),
                                "The control server does not answer."));
    }

    private Finding found(boolean ok, String otherwise) {
        if (ok) {
            return Finding.OK;
        }
        return new Finding(
                false,
                situation.isRunning() ? "waiting" : situation.code(),
                situation.sentence().isEmpty() ? otherwise : situation.sentence());
    }

    private static Finding backends(Map<Integer, AppAddress> served) {
        for (Map.Entry<Integer, AppAddress> port : served.entrySet()) {
            if (!answers(port.getValue())) {
                return new Finding(
                        false,
                        "backend-down",
                        "The app at %s behind port %d takes no connections."
                                .formatted(port.getValue(), port.getKey()));
            }
        }
        return Finding.OK;
    }

    private static boolean answers(AppAddress app) {
        try {
            for (InetAddress address : app.resolve()) {
                if (answers(new InetSocketAddress(address, app.port()))) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean answers(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, BACKEND_PATIENCE_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    boolean isReady() {
        return findings.values().stream().allMatch(Finding::ok);
    }

    /// For programs.
    Map<String, @Nullable Object> toTree() {
        Map<String, @Nullable Object> checks = new LinkedHashMap<>();
        findings.forEach((check, finding) -> checks.put(check.text(), finding.toTree()));
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("ready", isReady());
        tree.put("state", situation.state());
        tree.put("reason", situation.code());
        tree.put("message", situation.sentence());
        tree.put("checks", checks);
        return tree;
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            tree.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return tree;
    }
}
