package dev.remora.sidecar.boot;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Variables of the official image that change nothing here yet. Whoever sets one is told so at the start.
final class NotYet {
    private static final Map<String, String> VARIABLES = new LinkedHashMap<>();

    static {
        VARIABLES.put("TS_SOCKS5_SERVER", "there is no SOCKS5 proxy into the tailnet yet");
        VARIABLES.put(
                "TS_OUTBOUND_HTTP_PROXY_LISTEN", "there is no HTTP proxy into the tailnet yet");
        VARIABLES.put("TS_DEBUG_ADDR_PORT", "there are no debug pages");
        VARIABLES.put("TS_EXPERIMENTAL_CERT_SHARE", "there are no certificates yet");
    }

    private NotYet() {}

    /// In sentences.
    static List<String> in(Environment environment) {
        List<String> sentences = new ArrayList<>();
        if (!environment.bool("TS_USERSPACE", true)) {
            sentences.add(
                    "TS_USERSPACE=false has no effect: packets stay inside the process until TUN devices come; served ports work the same.");
        }
        VARIABLES.forEach((name, why) -> {
            if (environment.isGiven(name)) {
                sentences.add(name + " has no effect: " + why + ".");
            }
        });
        return sentences;
    }
}
