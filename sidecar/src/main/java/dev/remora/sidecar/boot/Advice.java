package dev.remora.sidecar.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is allowed and hardly meant: said once at the start, since it shows only later and elsewhere.
final class Advice {
    /// Where the official image's documentation has people put the volume.
    private static final String USUAL_STATE = "/var/lib/tailscale";

    private final Environment environment;
    private final List<String> sentences = new ArrayList<>();

    private Advice(Environment environment) {
        this.environment = environment;
    }

    /// @param mounts where something is mounted, as [#mounts] gives it
    static List<String> on(Environment environment, List<String> mounts) {
        Advice advice = new Advice(environment);
        advice.values();
        advice.state(mounts);
        return advice.sentences;
    }

    /// What can be said without knowing where the container will run.
    static List<String> onValues(Environment environment) {
        Advice advice = new Advice(environment);
        advice.values();
        return advice.sentences;
    }

    private void values() {
        sentences.addAll(VariableNames.unknown(environment));
        environment
                .quoted()
                .forEach(name ->
                        sentences.add(
                                name
                                        + " has quotation marks or blanks around its value, which are no part of it for this program; the official image would take them along."));
        switches();
        key();
        if (environment.text("TS_SERVE_CONFIG").startsWith("{")) {
            sentences.add(
                    "TS_SERVE_CONFIG is the path of a file, not what is in it; REMORA_SERVE takes ports in the variable itself.");
        }
        oldNames();
        server();
    }

    /// As in the official image, a boolean that is none is no mistake; but it is hardly what was meant.
    private void switches() {
        for (Setting setting : Setting.values()) {
            String text = environment.text(setting.variable());
            if (setting.kind() == SettingKind.SWITCH
                    && !text.isEmpty()
                    && Environment.booleanOf(text).isEmpty()) {
                sentences.add(
                        "%s is neither true nor false, so it counts as %s, its default."
                                .formatted(setting.variable(), setting.otherwise()));
            }
        }
    }

    /// Never repeats the key.
    private void key() {
        String key = environment.text("TS_AUTHKEY");
        String what = "";
        if (key.startsWith("${") || key.startsWith("$(")) {
            what = "is the name of a variable that nobody has filled in";
        } else if (key.startsWith("/") || key.startsWith("./")) {
            what = "looks like a path: to read the key from a file, write file: before it";
        } else if (key.contains("=") && key.startsWith("TS_AUTH")) {
            what = "has its own name in its value";
        } else if (key.startsWith("tskey-api-") || key.startsWith("hskey-api-")) {
            what = "is a key for the server's API; make an auth key";
        } else if (!key.startsWith("file:")
                && key.chars().anyMatch(c -> c <= ' ' || c == '"' || c == '\'')) {
            what = "has a blank, a line break or a quotation mark in it, which no key has";
        }
        if (!what.isEmpty()) {
            sentences.add("TS_AUTHKEY " + what + ".");
        }
    }

    private void oldNames() {
        if (environment.isGiven(EndpointsReader.OLD_HEALTH)) {
            sentences.add(
                    EndpointsReader.OLD_HEALTH
                            + " is an old name, which the official image has given up: use TS_ENABLE_HEALTH_CHECK=true, and TS_LOCAL_ADDR_PORT for the address.");
        }
        Optional<Boolean> variable = environment.optionalBool("TS_ACCEPT_DNS");
        Optional<Boolean> flag = ExtraWords.of(environment.words("TS_EXTRA_ARGS")).acceptDns();
        if (variable.isPresent() && flag.isPresent() && !variable.equals(flag)) {
            sentences.add(
                    "TS_ACCEPT_DNS=%s does not count, since TS_EXTRA_ARGS has --accept-dns=%s."
                            .formatted(variable.get(), flag.get()));
        }
    }

    private void server() {
        boolean isHeadscales = environment.text("TS_AUTHKEY").startsWith("hskey-");
        boolean isNamed =
                environment.isGiven("REMORA_CONTROL_URL")
                        || ExtraWords.of(environment.words("TS_EXTRA_ARGS")).names("login-server");
        if (isHeadscales && !isNamed) {
            sentences.add(
                    "TS_AUTHKEY is a key of Headscale, but TS_EXTRA_ARGS names no server: without --login-server=https://… the key is shown to Tailscale's.");
        }
    }

    private void state(List<String> mounts) {
        if (environment.isGiven("TS_STATE_DIR") || environment.isGiven("TS_KUBE_SECRET")) {
            return;
        }
        sentences.add(
                mounts.contains(USUAL_STATE)
                        ? "There is a volume at %1$s, but nothing is kept there without TS_STATE_DIR=%1$s: each start makes another node."
                                .formatted(USUAL_STATE)
                        : "Nothing is kept without TS_STATE_DIR: each start makes an ephemeral node, which logs out at the end. Headscale forgets it then if the auth key is one for ephemeral nodes, and else keeps it in its list.");
    }

    /// Where something is mounted in this container.
    static List<String> mounts() {
        try {
            return Files.readAllLines(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1)
                    .stream()
                    .map(line -> line.split(" "))
                    .filter(fields -> fields.length > 4)
                    .map(fields -> fields[4])
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
