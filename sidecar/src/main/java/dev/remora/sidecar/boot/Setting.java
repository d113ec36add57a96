package dev.remora.sidecar.boot;

import static dev.remora.sidecar.boot.SettingKind.ADDRESS;
import static dev.remora.sidecar.boot.SettingKind.EXPOSURE;
import static dev.remora.sidecar.boot.SettingKind.FORMAT;
import static dev.remora.sidecar.boot.SettingKind.LEVEL;
import static dev.remora.sidecar.boot.SettingKind.PATH;
import static dev.remora.sidecar.boot.SettingKind.PORTS;
import static dev.remora.sidecar.boot.SettingKind.SPAN;
import static dev.remora.sidecar.boot.SettingKind.SWITCH;
import static dev.remora.sidecar.boot.SettingKind.TEXT;
import static dev.remora.sidecar.boot.SettingKind.URL;
import static dev.remora.sidecar.boot.SettingKind.WORDS;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Everything that can be set, once: its key in a configuration file, the variable that says the same, and what it means. A dot in a key parts a group from what is in it.
enum Setting {
    AUTH_KEY(
            "auth.key",
            "TS_AUTHKEY",
            TEXT,
            "",
            "auth key that lets the node in, or file:PATH of one",
            Trait.SECRET,
            Trait.LIVE),
    AUTH_ONCE(
            "auth.once",
            "TS_AUTH_ONCE",
            SWITCH,
            "false",
            "log in only when there is no login yet, instead of stating all settings at each start"),
    CLIENT_ID("auth.client_id", "TS_CLIENT_ID", TEXT, "", "OAuth or workload identity client"),
    CLIENT_SECRET(
            "auth.client_secret",
            "TS_CLIENT_SECRET",
            TEXT,
            "",
            "OAuth client secret, or file:PATH of one",
            Trait.SECRET),
    ID_TOKEN(
            "auth.id_token",
            "TS_ID_TOKEN",
            TEXT,
            "",
            "token of a workload identity provider, or file:PATH of one",
            Trait.SECRET),
    AUDIENCE("auth.audience", "TS_AUDIENCE", TEXT, "", "audience of the token to ask for"),
    PATIENCE(
            "auth.patience",
            "TS_BOOT_TIMEOUT",
            SPAN,
            "60s",
            "after how long without success the log says what the node waits for"),
    CONTROL_URL("control.url", "REMORA_CONTROL_URL", URL, "", "control server, as --login-server"),
    HOSTNAME("hostname", "TS_HOSTNAME", TEXT, "", "name of the node on the tailnet", Trait.LIVE),
    TAGS("tags", "TS_TAGS", SettingKind.TAGS, "", "tags that the node asks for when it logs in"),
    ROUTES(
            "routes",
            "TS_ROUTES",
            SettingKind.ROUTES,
            "",
            "networks that the node offers; an empty list takes back what it offered before",
            Trait.LIVE),
    ACCEPT_DNS(
            "accept_dns",
            "TS_ACCEPT_DNS",
            SWITCH,
            "false",
            "use the tailnet's name servers",
            Trait.LIVE),
    SERVE(
            "serve",
            "REMORA_SERVE",
            PORTS,
            "",
            "ports of the tailnet and what they lead to",
            Trait.LIVE),
    SERVE_FILE("serve_file", "TS_SERVE_CONFIG", PATH, "", "serve configuration in JSON, followed"),
    EXPOSE(
            "expose",
            "REMORA_EXPOSE",
            EXPOSURE,
            "declared",
            "which ports answer: those that are served, or any TCP port of localhost as well"),
    DRAIN(
            "drain",
            "REMORA_DRAIN",
            SPAN,
            "5s",
            "how long open connections may go on when the container ends",
            Trait.LIVE),
    JOB("job", "REMORA_JOB", SWITCH, "false", "end the container when the app ends"),
    STATE(
            "state",
            "TS_STATE_DIR",
            PATH,
            "",
            "directory of keys and settings; none: nothing is kept"),
    KUBE_SECRET(
            "kube_secret",
            "TS_KUBE_SECRET",
            TEXT,
            "",
            "Kubernetes Secret of keys and settings; empty in Kubernetes: none"),
    SOCKET(
            "socket",
            "TS_SOCKET",
            PATH,
            SettingsReader.DEFAULT_SOCKET,
            "Unix socket that commands talk to"),
    USERSPACE("userspace", "TS_USERSPACE", SWITCH, "true", "packets stay inside the process"),
    HEALTH("health.enabled", "TS_ENABLE_HEALTH_CHECK", SWITCH, "false", "answer health probes"),
    METRICS("health.metrics", "TS_ENABLE_METRICS", SWITCH, "false", "answer /metrics"),
    PROBES(
            "health.address",
            "TS_LOCAL_ADDR_PORT",
            ADDRESS,
            EndpointsReader.DEFAULT_ADDRESS,
            "where probes and metrics are answered"),
    LOG_LEVEL("log.level", "REMORA_LOG_LEVEL", LEVEL, "info", "how much is logged", Trait.LIVE),
    LOG_FORMAT("log.format", "REMORA_LOG_FORMAT", FORMAT, "text", "lines, or JSON objects"),
    UP_WORDS("up_args", "TS_EXTRA_ARGS", WORDS, "", "further flags of up"),
    DAEMON_WORDS(
            "daemon_args", "TS_TAILSCALED_EXTRA_ARGS", WORDS, "", "further flags of the daemon");

    private final String key;
    private final String variable;
    private final SettingKind kind;
    private final String otherwise;
    private final String description;
    private final Set<Trait> traits;

    private enum Trait {
        /// Nobody's to read.
        SECRET,
        /// A change of the file is taken over at once.
        LIVE
    }

    Setting(
            String key,
            String variable,
            SettingKind kind,
            String otherwise,
            String description,
            Trait... traits) {
        this.key = key;
        this.variable = variable;
        this.kind = kind;
        this.otherwise = otherwise;
        this.description = description;
        this.traits = Set.of(traits);
    }

    static Optional<Setting> of(String key) {
        return List.of(values()).stream().filter(each -> each.key.equals(key)).findFirst();
    }

    String key() {
        return key;
    }

    String variable() {
        return variable;
    }

    SettingKind kind() {
        return kind;
    }

    /// The default; empty if there is none.
    String otherwise() {
        return otherwise;
    }

    /// In a few words.
    String description() {
        return description;
    }

    boolean isSecret() {
        return traits.contains(Trait.SECRET);
    }

    /// Whether a change of the file is taken over while the node runs.
    boolean isLive() {
        return traits.contains(Trait.LIVE);
    }

    /// Whether the environment says this, or something that this cannot stand beside: then a file's word does not count.
    boolean isLeftTo(Environment environment) {
        ExtraWords words = ExtraWords.of(environment.words(UP_WORDS.variable));
        return environment.isGiven(variable)
                || rivals().stream().anyMatch(environment::isGiven)
                || flag().filter(words::names).isPresent()
                || (this == ACCEPT_DNS && words.acceptDns().isPresent())
                || ((this == ROUTES || this == KUBE_SECRET)
                        && environment.getWithEmpty(variable).isPresent());
    }

    /// Variables that cannot be set together with this one.
    private List<String> rivals() {
        return switch (this) {
            case AUTH_KEY ->
                    List.of(
                            "TS_AUTH_KEY",
                            "TS_CLIENT_ID",
                            "TS_CLIENT_SECRET",
                            "TS_ID_TOKEN",
                            "TS_AUDIENCE");
            case CLIENT_ID -> List.of("TS_AUTHKEY", "TS_AUTH_KEY");
            case CLIENT_SECRET ->
                    List.of("TS_AUTHKEY", "TS_AUTH_KEY", "TS_ID_TOKEN", "TS_AUDIENCE");
            case ID_TOKEN ->
                    List.of("TS_AUTHKEY", "TS_AUTH_KEY", "TS_CLIENT_SECRET", "TS_AUDIENCE");
            case AUDIENCE ->
                    List.of("TS_AUTHKEY", "TS_AUTH_KEY", "TS_CLIENT_SECRET", "TS_ID_TOKEN");
            case SERVE -> List.of("TS_SERVE_CONFIG");
            case SERVE_FILE -> List.of("REMORA_SERVE");
            case HEALTH -> List.of("TS_HEALTHCHECK_ADDR_PORT");
            default -> List.of();
        };
    }

    /// The flag of `up` that says the same.
    Optional<String> flag() {
        return switch (this) {
            case CONTROL_URL -> Optional.of("login-server");
            case HOSTNAME -> Optional.of("hostname");
            case TAGS -> Optional.of("advertise-tags");
            case ROUTES -> Optional.of("advertise-routes");
            default -> Optional.empty();
        };
    }
}
