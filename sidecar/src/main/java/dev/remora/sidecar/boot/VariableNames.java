package dev.remora.sidecar.boot;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Finds variables that are meant for this program and have no name that it knows.
final class VariableNames {
    /// So many letters may be wrong, missing or too many.
    private static final int MOST_ERRORS = 2;

    /// Those of the official image, of its daemon, and ours.
    private static final Set<String> KNOWN =
            Set.of(
                    """
                    TS_AUTHKEY TS_AUTH_KEY TS_CLIENT_ID TS_CLIENT_SECRET TS_ID_TOKEN TS_AUDIENCE TS_HOSTNAME TS_TAGS TS_AUTH_ONCE
                    TS_EXTRA_ARGS TS_ACCEPT_DNS TS_ROUTES TS_USERSPACE TS_STATE_DIR TS_SOCKET TS_SOCKS5_SERVER
                    TS_OUTBOUND_HTTP_PROXY_LISTEN TS_TAILSCALED_EXTRA_ARGS TS_DEBUG_ADDR_PORT TS_EXPERIMENTAL_VERSIONED_CONFIG_DIR
                    TS_EXPERIMENTAL_CERT_SHARE TS_SERVE_CONFIG TS_LOCAL_ADDR_PORT TS_ENABLE_HEALTH_CHECK TS_ENABLE_METRICS
                    TS_HEALTHCHECK_ADDR_PORT TS_EXPERIMENTAL_SERVICE_AUTO_ADVERTISEMENT TS_BOOT_TIMEOUT TS_DEST_IP
                    TS_EXPERIMENTAL_DEST_DNS_NAME TS_TAILNET_TARGET_IP TS_TAILNET_TARGET_FQDN
                    TS_EXPERIMENTAL_ENABLE_FORWARDING_OPTIMIZATIONS TS_EGRESS_PROXIES_CONFIG_PATH TS_INGRESS_PROXIES_CONFIG_PATH
                    TS_KUBE_SECRET TS_KUBERNETES_READ_API_SERVER_ADDRESS_FROM_ENV TS_ACME_ACCOUNT_SECRET_NAME TS_ACME_ACCOUNT_FIELD
                    TS_TEST_ONLY_ROOT TS_TEST_FAKE_NETFILTER TS_LOG_VERBOSITY TS_NO_LOGS_NO_SUPPORT TS_LOGS_DIR TS_PERMIT_CERT_UID
                    REMORA_SERVE REMORA_DRAIN REMORA_JOB REMORA_LOG_FORMAT REMORA_EXPOSE REMORA_CONFIG REMORA_MEMORY
                    REMORA_LOG_LEVEL REMORA_CONTROL_URL REMORA_RUN_AS
                    """
                            .strip()
                            .split("\\s+"));

    /// Names that other images and people have for what is called otherwise here.
    private static final Map<String, String> OTHERS =
            Map.of(
                    "TS_LOGIN_SERVER", "REMORA_CONTROL_URL",
                    "TS_CONTROL_URL", "REMORA_CONTROL_URL",
                    "TS_SERVER_URL", "REMORA_CONTROL_URL",
                    "TS_ADVERTISE_TAGS", "TS_TAGS",
                    "TS_ADVERTISE_ROUTES", "TS_ROUTES",
                    "TS_STATE", "TS_STATE_DIR",
                    "TS_STATEDIR", "TS_STATE_DIR",
                    "TS_AUTHKEY_FILE", "TS_AUTHKEY=file:PATH",
                    "TS_AUTH_KEY_FILE", "TS_AUTHKEY=file:PATH");

    /// The launcher's own, and knobs of the official daemon of which there are hundreds.
    private static final List<String> NOT_MEANT =
            List.of(
                    "TS_DEBUG_",
                    "REMORA_PROGRAM",
                    "REMORA_JAVA",
                    "REMORA_MAIN",
                    "REMORA_REHEARSAL");

    private VariableNames() {}

    /// In sentences.
    static List<String> unknown(Environment environment) {
        return new TreeSet<>(environment.variables().keySet())
                .stream()
                        .filter(VariableNames::isMeant)
                        .filter(name -> !KNOWN.contains(name))
                        .filter(name -> NOT_MEANT.stream().noneMatch(name::startsWith))
                        .map(VariableNames::sentence)
                        .toList();
    }

    /// Whoever writes a name in small letters means one of ours, too.
    private static boolean isMeant(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return upper.startsWith("TS_") || upper.startsWith("REMORA_");
    }

    private static String sentence(String name) {
        return nearest(name)
                .map(known -> "There is no variable " + name + ": is it " + known + " you mean?")
                .orElse("There is no variable " + name + ", so it has no effect.");
    }

    private static Optional<String> nearest(String written) {
        String name = written.strip().toUpperCase(Locale.ROOT);
        if (OTHERS.containsKey(name)) {
            return Optional.ofNullable(OTHERS.get(name));
        }
        return KNOWN.stream()
                .filter(known -> Spelling.errors(name, known) <= MOST_ERRORS)
                .min(
                        Comparator.<String>comparingInt(known -> Spelling.errors(name, known))
                                .thenComparing(Comparator.naturalOrder()));
    }
}
