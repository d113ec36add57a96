package dev.remora.sidecar.boot;

import dev.remora.base.MalformedException;
import dev.remora.io.control.ControlUrl;
import dev.remora.sidecar.cli.GoDuration;
import dev.remora.sidecar.cli.UpFlags;
import dev.remora.sidecar.kube.Cluster;
import dev.remora.sidecar.life.Daemon;
import dev.remora.sidecar.life.Probes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Turns the environment into settings, and finds everything that is wrong with it at once: whoever mends one variable need not start again to hear of the next.
final class SettingsReader {
    static final String DEFAULT_SOCKET = "/tmp/tailscaled.sock";

    /// The kernel's field for such a path has 108 bytes, the last of them zero.
    private static final int MOST_SOCKET_BYTES = 107;

    private static final String LINK = "var/run/tailscale/tailscaled.sock";
    private static final String DEFAULT_SECRET = "tailscale";
    private static final String DEFAULT_PATIENCE = "60s";
    private static final String DEFAULT_DRAIN = "5s";

    /// Variables that move packets of other addresses, which wants a TUN device.
    private static final List<String> FORWARDING =
            List.of(
                    "TS_DEST_IP",
                    "TS_EXPERIMENTAL_DEST_DNS_NAME",
                    "TS_TAILNET_TARGET_IP",
                    "TS_TAILNET_TARGET_FQDN");

    /// Booleans that do so, too.
    private static final List<String> FORWARDING_SWITCHES =
            List.of(
                    "EXPERIMENTAL_ALLOW_PROXYING_CLUSTER_TRAFFIC_VIA_INGRESS",
                    "TS_EXPERIMENTAL_ENABLE_FORWARDING_OPTIMIZATIONS");

    private static final List<String> OTHER_CREDENTIALS =
            List.of("TS_CLIENT_ID", "TS_CLIENT_SECRET", "TS_ID_TOKEN", "TS_AUDIENCE");

    private final Environment environment;
    private final List<String> wrong = new ArrayList<>();

    private SettingsReader(Environment environment) {
        this.environment = environment;
    }

    /// @throws InvalidSettingsException with everything that is wrong
    static BootSettings read(Environment environment) throws InvalidSettingsException {
        return new SettingsReader(environment).read();
    }

    private BootSettings read() throws InvalidSettingsException {
        forwarding();
        credentials();
        refuseIf(
                Rights.user(environment).isEmpty(),
                Rights.VARIABLE + " is no user's number; write one like 65532, or 0 to stay root");
        List<Probes> endpoints = new EndpointsReader(environment, wrong).read();
        BootSettings settings = new BootSettings(login(), daemon(), publishing(), endpoints);
        upWords(settings);
        daemonWords();
        if (!wrong.isEmpty()) {
            throw new InvalidSettingsException(wrong);
        }
        return settings;
    }

    /// What `up` would refuse whatever the node's state is makes no sense at any time.
    private void upWords(BootSettings settings) {
        BootSettings.Login login = settings.login();
        if (!login.authKey().isEmpty() && namesKey(login.extra())) {
            wrong.add(
                    "TS_AUTHKEY and --auth-key in TS_EXTRA_ARGS are both set; only one of them can be");
            return; // what the command says of flags that are there twice has the key in it
        }
        upWords("TS_HOSTNAME", List.of("--hostname=" + login.hostname()));
        upWords("TS_ROUTES", List.of("--advertise-routes=" + login.routes().orElse("")));
        upWords("TS_TAGS", List.of("--advertise-tags=" + login.tags()));
        upWords("TS_EXTRA_ARGS", login.extra());
        if (!environment.isGiven("REMORA_CONTROL_URL")) {
            server(login.extra());
        }
        if (wrong.isEmpty()) {
            List<String> all = Words.ofUp(settings);
            upWords("TS_EXTRA_ARGS", all.subList(all.indexOf("up") + 1, all.size()));
        }
    }

    private void upWords(String variable, List<String> words) {
        UpFlags.refusal(words).ifPresent(why -> wrong.add(variable + ": " + why));
    }

    /// A value that is no URL would be tried for ever by some, and never by others.
    private void server(List<String> extra) {
        ExtraWords.value(extra, "login-server")
                .filter(url -> !url.isEmpty())
                .ifPresent(url -> {
                    try {
                        ControlUrl.parse(url);
                    } catch (MalformedException e) {
                        wrong.add("TS_EXTRA_ARGS: --login-server=" + e.reason());
                    }
                });
    }

    private void daemonWords() {
        try {
            Daemon.check(environment.words("TS_TAILSCALED_EXTRA_ARGS"));
        } catch (MalformedException e) {
            wrong.add("TS_TAILSCALED_EXTRA_ARGS: " + e.reason());
        }
    }

    private static boolean namesKey(List<String> extra) {
        ExtraWords words = ExtraWords.of(extra);
        return words.names("authkey") || words.names("auth-key");
    }

    private void refuseIf(boolean isWrong, String reason) {
        if (isWrong) {
            wrong.add(reason);
        }
    }

    private boolean isUserspace() {
        return environment.bool("TS_USERSPACE", true);
    }

    private void forwarding() {
        for (String name : FORWARDING) {
            refuseIf(
                    environment.isGiven(name) && isUserspace(),
                    name + " is not supported with TS_USERSPACE: it needs a TUN device");
        }
        for (String name : FORWARDING_SWITCHES) {
            refuseIf(
                    environment.bool(name, false) && isUserspace(),
                    name + " is not supported with TS_USERSPACE: it needs a TUN device");
        }
        exclusive("TS_DEST_IP", "TS_EXPERIMENTAL_DEST_DNS_NAME");
        exclusive("TS_TAILNET_TARGET_IP", "TS_TAILNET_TARGET_FQDN");
        if (environment.bool(FORWARDING_SWITCHES.getFirst(), false)) {
            for (String needed : List.of("TS_SERVE_CONFIG", "POD_IP")) {
                refuseIf(
                        !environment.isGiven(needed),
                        FORWARDING_SWITCHES.getFirst() + " needs " + needed);
            }
        }
        for (String name :
                List.of("TS_EGRESS_PROXIES_CONFIG_PATH", "TS_INGRESS_PROXIES_CONFIG_PATH")) {
            refuseIf(
                    environment.isGiven(name),
                    name
                            + " belongs to the Kubernetes operator, which this program does not work for");
        }
    }

    private void exclusive(String one, String other) {
        refuseIf(
                environment.isGiven(one) && environment.isGiven(other),
                one + " and " + other + " are both set; only one of them can be");
    }

    private void credentials() {
        if (environment.isGiven("TS_AUTHKEY") || environment.isGiven("TS_AUTH_KEY")) {
            for (String other : OTHER_CREDENTIALS) {
                refuseIf(
                        environment.isGiven(other),
                        "TS_AUTHKEY and " + other + " are both set; only one of them can be");
            }
        }
        for (String name :
                List.of("TS_AUTHKEY", "TS_AUTH_KEY", "TS_CLIENT_SECRET", "TS_ID_TOKEN")) {
            refuseIf(
                    environment.text(name).startsWith("arn:"),
                    name
                            + " names a value of AWS, which this program does not fetch: give the value itself, or file:PATH");
        }
        for (String name : List.of("TS_ID_TOKEN", "TS_AUDIENCE")) {
            refuseIf(
                    environment.isGiven(name) && !environment.isGiven("TS_CLIENT_ID"),
                    name + " needs TS_CLIENT_ID");
        }
        exclusive("TS_ID_TOKEN", "TS_CLIENT_SECRET");
        exclusive("TS_ID_TOKEN", "TS_AUDIENCE");
        exclusive("TS_AUDIENCE", "TS_CLIENT_SECRET");
    }

    private BootSettings.Login login() {
        ExtraWords extra = ExtraWords.of(environment.words("TS_EXTRA_ARGS"));
        String tags = tags();
        refuseIf(
                !tags.isEmpty() && extra.names("advertise-tags"),
                "TS_TAGS and --advertise-tags in TS_EXTRA_ARGS are both set; only one of them can be");
        String hostname = environment.text("TS_HOSTNAME");
        refuseIf(
                !hostname.isEmpty() && extra.names("hostname"),
                "TS_HOSTNAME and --hostname in TS_EXTRA_ARGS are both set; only one of them can be");
        List<String> further = new ArrayList<>(extra.rest());
        controlUrl(extra).ifPresent(url -> further.add("--login-server=" + url));
        return new BootSettings.Login(
                environment.get("TS_AUTHKEY").orElse(environment.text("TS_AUTH_KEY")),
                environment.text("TS_CLIENT_ID"),
                environment.text("TS_CLIENT_SECRET"),
                environment.text("TS_ID_TOKEN"),
                environment.text("TS_AUDIENCE"),
                hostname,
                tags,
                environment.bool("TS_AUTH_ONCE", false),
                List.copyOf(further),
                extra.acceptDns().orElse(environment.bool("TS_ACCEPT_DNS", false)),
                environment.getWithEmpty("TS_ROUTES"),
                span("TS_BOOT_TIMEOUT", DEFAULT_PATIENCE));
    }

    private Optional<String> controlUrl(ExtraWords extra) {
        Optional<String> url = environment.get("REMORA_CONTROL_URL");
        refuseIf(
                url.isPresent() && extra.names("login-server"),
                "REMORA_CONTROL_URL and --login-server in TS_EXTRA_ARGS are both set; only one of them can be");
        url.flatMap(SettingKind.URL::refusal)
                .ifPresent(why -> wrong.add("REMORA_CONTROL_URL " + why));
        return url;
    }

    /// Blanks around the commas are what people write into YAML; the command line would take them for parts of the tags.
    private String tags() {
        return Arrays.stream(environment.text("TS_TAGS").split(","))
                .map(String::strip)
                .filter(tag -> !tag.isEmpty())
                .collect(Collectors.joining(","));
    }

    private Duration span(String name, String otherwise) {
        String text = environment.get(name).orElse(otherwise);
        Optional<Duration> span = GoDuration.parse(text).filter(each -> !each.isNegative());
        refuseIf(
                span.isEmpty(),
                name + " \"" + text + "\" is no span of time; write one like 90s or 2m");
        return span.orElse(Duration.ZERO);
    }

    private BootSettings.DaemonPart daemon() {
        return new BootSettings.DaemonPart(
                isUserspace(),
                environment.get("TS_STATE_DIR").map(Path::of),
                secret(),
                new ConfigDirectory(environment, wrong).file(),
                socket(),
                root().resolve(LINK),
                environment.words("TS_TAILSCALED_EXTRA_ARGS"),
                choice("REMORA_LOG_FORMAT", SettingKind.FORMAT, "text").equals("json"),
                verbosity(),
                choice("REMORA_EXPOSE", SettingKind.EXPOSURE, "declared").equals("all"));
    }

    private Path socket() {
        String text = environment.get("TS_SOCKET").orElse(DEFAULT_SOCKET);
        Path socket = Path.of(text);
        refuseIf(
                text.getBytes(StandardCharsets.UTF_8).length > MOST_SOCKET_BYTES,
                "TS_SOCKET is too long for a socket's path: it may have %d bytes"
                        .formatted(MOST_SOCKET_BYTES));
        refuseIf(Files.isDirectory(socket), "TS_SOCKET is a directory; name a file in one");
        return socket;
    }

    /// As the daemon's flag counts it.
    private int verbosity() {
        return switch (choice("REMORA_LOG_LEVEL", SettingKind.LEVEL, "info")) {
            case "debug" -> 1;
            case "trace" -> 2;
            default -> 0;
        };
    }

    private String choice(String name, SettingKind kind, String otherwise) {
        String text = environment.get(name).orElse(otherwise);
        if (environment.isGiven(name)) {
            kind.refusal(text).ifPresent(why -> wrong.add(name + " \"" + text + "\" " + why));
        }
        return text;
    }

    private Path root() {
        return Path.of(environment.get("TS_TEST_ONLY_ROOT").orElse("/"));
    }

    /// A pod keeps its state in a Secret unless it is told not to, as in the official image; without a service account it cannot, and nobody who did not ask for it is bothered.
    private Optional<String> secret() {
        Optional<String> named = environment.getWithEmpty("TS_KUBE_SECRET");
        refuseIf(
                named.filter(name -> !name.isEmpty()).isPresent()
                        && !Cluster.isHere(environment.variables()),
                "TS_KUBE_SECRET can be used in a pod only: KUBERNETES_SERVICE_HOST is not set");
        return named.isEmpty()
                ? Optional.of(DEFAULT_SECRET)
                        .filter(_ ->
                                Cluster.isHere(environment.variables())
                                        && Cluster.hasAccount(root()))
                : named.filter(name -> !name.isEmpty());
    }

    private BootSettings.Publishing publishing() {
        Optional<String> declared = Optional.empty();
        try {
            declared = DeclaredPorts.read(environment.text("REMORA_SERVE"));
        } catch (MalformedException e) {
            wrong.add("REMORA_SERVE: " + e.reason());
        }
        exclusive("TS_SERVE_CONFIG", "REMORA_SERVE");
        return new BootSettings.Publishing(
                environment.get("TS_SERVE_CONFIG").map(Path::of),
                declared,
                span("REMORA_DRAIN", DEFAULT_DRAIN),
                environment.bool("REMORA_JOB", false));
    }
}
