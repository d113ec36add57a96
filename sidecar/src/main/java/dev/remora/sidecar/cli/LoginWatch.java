package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.config.JsonTree;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Waits on the daemon's notifications until the node runs, and tells the person what is theirs to do.
final class LoginWatch {
    private final Invocation call;
    private final boolean json;
    private final boolean hasKey;
    private final boolean needsNewKey;
    private final String server;
    private final String oldNodeKey;

    /// What stands before the reason and the time of the next try in a warning of our daemon's.
    private static final Pattern PASSING_TROUBLE =
            Pattern.compile(
                    "(?:The last login error was|no news from the control server): (.* Next try at \\S+)$");

    private static final Pattern NEXT_TRY = Pattern.compile(" Next try at \\S+$");

    private final Set<String> shown = new HashSet<>();
    private final Set<String> troubles = new HashSet<>();

    /// What an earlier login ran into; the daemon may still say so when this one has begun.
    private final Set<String> oldTroubles = new HashSet<>();

    private boolean running;
    private boolean newKey;

    LoginWatch(Invocation call, Status before, String server) {
        Flags flags = call.flags();
        this.call = call;
        this.json = flags.has("json") && flags.bool("json");
        this.hasKey = LoginKey.isGiven(flags);
        this.needsNewKey = flags.has("force-reauth") && flags.bool("force-reauth");
        this.server = server;
        this.oldNodeKey = before.tree().at("Self").at("PublicKey").text();
        for (String warning : before.tree().at("Health").texts()) {
            trouble(warning).ifPresent(oldTroubles::add);
        }
    }

    private static Optional<String> trouble(String warning) {
        Matcher trouble = PASSING_TROUBLE.matcher(warning);
        return trouble.find() ? Optional.of(trouble.group(1)) : Optional.empty();
    }

    private static String withoutTime(String trouble) {
        return NEXT_TRY.matcher(trouble).replaceFirst("");
    }

    void await(IpnBus bus) throws CommandException {
        for (Optional<Tree> next = bus.next(); next.isPresent(); next = bus.next()) {
            onNotify(next.get());
            if (running && (newKey || !needsNewKey)) {
                finish();
                return;
            }
        }
        throw new CommandException(
                bus.timedOut()
                        ? "timeout waiting for Tailscale service to enter a Running state; check health with "
                                + GoText.quote(call.world().program() + " status")
                        : "the daemon ended before it ran");
    }

    private void onNotify(Tree notify) throws CommandException {
        String error = notify.at("ErrMessage").text();
        if (!error.isEmpty()) {
            throw new CommandException("backend error: " + error);
        }
        Tree warnings = notify.at("Health").at("Warnings");
        showTrouble(warnings.at("login-state").at("Text").text());
        showTrouble(warnings.at("not-in-map-poll").at("Text").text());
        String key = notify.at("SelfChange").at("Key").text();
        newKey |= !key.isEmpty() && !key.equals(oldNodeKey);
        Tree state = notify.at("State");
        if (!state.isNull()) {
            running = state.number() == IpnBus.RUNNING;
            if (state.number() == IpnBus.NEEDS_MACHINE_AUTH) {
                show(
                        "To approve your machine, visit (as admin):",
                        server + "/admin",
                        "NeedsMachineAuth");
            }
        }
        String url = notify.at("BrowseToURL").text();
        if (!url.isEmpty() && !hasKey) {
            show("To authenticate, visit:", url, "NeedsLogin");
        }
    }

    /// Why it takes so long, said once: the daemon goes on trying, and this goes on waiting.
    private void showTrouble(String warning) {
        trouble(warning)
                .filter(text -> !isOld(text))
                .filter(text -> troubles.add(text.replaceAll("\\d+", "#")))
                .ifPresent(call::warn);
    }

    /// The same words with another time are this login's own, if it is the same server they are about.
    private boolean isOld(String trouble) {
        return oldTroubles.contains(trouble)
                || !trouble.contains(server)
                        && oldTroubles.stream()
                                .anyMatch(old -> withoutTime(old).equals(withoutTime(trouble)));
    }

    private void show(String what, String url, String state) {
        if (!shown.add(url)) {
            return;
        }
        if (json) {
            Map<String, String> object = new LinkedHashMap<>();
            object.put("AuthURL", url);
            object.put("BackendState", state);
            call.println(JsonTree.indented(object, "\t"));
        } else {
            call.warn("\n" + what + "\n\n\t" + url + "\n");
        }
    }

    private void finish() {
        if (json) {
            call.println(JsonTree.indented(Map.of("BackendState", "Running"), "\t"));
        } else if (!shown.isEmpty()) {
            call.warn("Success.");
        }
    }
}
