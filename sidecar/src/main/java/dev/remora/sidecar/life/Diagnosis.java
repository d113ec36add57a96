package dev.remora.sidecar.life;

import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState;
import dev.remora.io.derp.RelayStatus;
import dev.remora.node.NodeStatus;
import dev.remora.proto.control.DisplayMessage;
import dev.remora.sidecar.config.Prefs;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// Finds out what is wrong, in sentences for people. No state of its own.
final class Diagnosis {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final List<Warning> found = new ArrayList<>();

    private Diagnosis() {}

    /// @param noState why there is no state at all, in a sentence; nothing else matters then
    /// @param twin how another node uses our keys, in a sentence
    /// @param stateTrouble what is wrong with keeping the state, in a sentence
    /// @param problems what serve could not do, in sentences
    static List<Warning> of(
            Optional<String> noState,
            Optional<String> twin,
            Optional<String> stateTrouble,
            Prefs prefs,
            RunState state,
            Membership membership,
            NodeStatus node,
            List<String> problems,
            ZoneId zone) {
        Diagnosis diagnosis = new Diagnosis();
        if (noState.isPresent()) {
            return List.of(
                    Warning.of(
                                    "state-store-health",
                                    "high",
                                    "No state",
                                    coded(noState.get(), Situation.STATE_UNUSABLE))
                            .cuttingOff()
                            .loggedAlready());
        }
        twin.ifPresent(text ->
                diagnosis.add(
                        Situation.STATE_CLONED,
                        "high",
                        "Cloned state",
                        coded(text, Situation.STATE_CLONED)));
        if (stateTrouble.isPresent() && !membership.isUnsaved()) {
            diagnosis.add("state-not-saved", "medium", "State", stateTrouble.get());
        }
        if (!prefs.wantRunning() && membership.failure().isEmpty()) {
            diagnosis.add("wantrunning-false", "low", "Remora is stopped", "Tailscale is stopped.");
        } else {
            diagnosis.login(state, membership, zone);
            diagnosis.clock(membership.control());
            membership.netMap().ifPresent(map -> diagnosis.network(state, map, node, prefs));
        }
        node.udpProblem()
                .map(text -> Warning.of("no-udp4-bind", "medium", "UDP port", text))
                .map(Warning::loggedAlready)
                .ifPresent(diagnosis.found::add);
        for (String problem : problems) {
            diagnosis.add("serve-config", "medium", "Serve", problem);
        }
        return diagnosis.found;
    }

    /// What keeps the settings from being stated; whoever noticed it has logged it.
    static Warning ofTrouble(Situation.Trouble trouble, RunState state) {
        String start = state == RunState.NEEDS_LOGIN ? "You are logged out. " : "";
        String text = start + coded(trouble.sentence(), trouble.code());
        return Warning.of(trouble.code(), "medium", "Settings", text).loggedAlready();
    }

    private void add(String code, String severity, String title, String text) {
        found.add(Warning.of(code, severity, title, text));
    }

    private void login(RunState state, Membership membership, ZoneId zone) {
        String why = membership.failure().map(failed -> sentence(failed, zone)).orElse("");
        if (state == RunState.NEEDS_MACHINE_AUTH) {
            String text = coded(Situation.ADMISSION, Situation.APPROVAL_PENDING);
            found.add(
                    Warning.of(Situation.APPROVAL_PENDING, "medium", "Approval", text)
                            .loggedAlready());
        }
        if (state == RunState.NEEDS_LOGIN || membership.netMap().isEmpty() && !why.isEmpty()) {
            String text = "You are logged out." + cause(membership);
            String last =
                    why.isEmpty()
                            ? withCode(text, membership)
                            : text + " The last login error was: " + why;
            String severity = why.isEmpty() ? "low" : "medium"; // to be logged out is no failure
            found.add(Warning.of("login-state", severity, "Logged out", last).loggedAlready());
        } else if (!why.isEmpty()) {
            String text =
                    "What was known of the tailnet keeps working, but there is no news from the control server: "
                            + why;
            found.add(Warning.of("not-in-map-poll", "medium", "Out of sync", text).loggedAlready());
        }
    }

    /// Who logged out, or never in, knows why.
    private static String withCode(String text, Membership membership) {
        boolean asked =
                membership.control() instanceof ControlState.NeedsLogin(var why, _)
                        && why != ControlState.NeedsLogin.Why.LOGGED_OUT;
        return asked ? coded(text, Situation.loginCode(membership)) : text;
    }

    /// Certificates and keys end by the clock, and a wrong one ends them at a wrong time.
    private void clock(ControlState control) {
        if (control instanceof ControlState.Connected(Optional<Duration> skew)
                && skew.isPresent()) {
            String off = skew.get().abs().truncatedTo(ChronoUnit.SECONDS).toString();
            found.add(
                    Warning.of(
                                    "clock-skew",
                                    "medium",
                                    "Clock",
                                    "This machine's clock is %s %s the control server's: set it, or certificates and keys are taken for expired or not valid yet."
                                            .formatted(
                                                    off.substring(2).toLowerCase(Locale.ROOT),
                                                    skew.get().isNegative()
                                                            ? "ahead of"
                                                            : "behind"))
                            .loggedAlready());
        }
    }

    private static String cause(Membership membership) {
        if (membership.isNodeKeyRefused()) {
            return " This node was deleted on the control server, or its key has expired there.";
        }
        if (membership.isDeleted()) {
            return " This node was deleted on the control server.";
        }
        boolean keyRefused =
                membership.control() instanceof ControlState.NeedsLogin(var why, _)
                        && why == ControlState.NeedsLogin.Why.KEY_EXPIRED;
        return keyRefused
                ? " This node's key has expired, or the node was deleted on the control server."
                : "";
    }

    private static String sentence(ControlState.Failed failed, ZoneId zone) {
        Optional<Instant> next = failed.nextTryAt();
        String sentence = coded(failed.sentence(), failed.reason().code());
        return next.isEmpty()
                ? sentence
                : sentence + " Next try at " + CLOCK.format(next.get().atZone(zone)) + ".";
    }

    /// The code stands in the status as it stands in the log.
    private static String coded(String sentence, String code) {
        return sentence + " [" + code + "]";
    }

    private void network(RunState state, NetMap map, NodeStatus node, Prefs prefs) {
        if (state != RunState.RUNNING && state != RunState.STARTING) {
            return;
        }
        relays(map, node);
        if (prefs.runSsh()) {
            add(
                    "ssh-unsupported",
                    "low",
                    "SSH",
                    "Tailscale SSH enabled, but this program has no SSH server: --ssh has no effect.");
        }
        if (!prefs.exitNodeId().isEmpty() || !prefs.exitNodeIp().isEmpty()) {
            add(
                    "exit-node-unsupported",
                    "medium",
                    "Exit node",
                    "--exit-node has no effect: this program sends nothing to exit nodes.");
        }
        if (!prefs.acceptRoutes() && offersRoutes(map)) {
            add(
                    "accept-routes-off",
                    "low",
                    "Routes",
                    "Some peers are advertising routes but --accept-routes is false");
        }
        node.filterProblem()
                .ifPresent(problem ->
                        add("invalid-packet-filter", "medium", "Invalid packet filter", problem));
        map.messages().forEach(this::message);
    }

    private void relays(NetMap map, NodeStatus node) {
        Optional<RelayStatus> home = node.relays().stream().filter(RelayStatus::home).findFirst();
        boolean silent = node.netReport().filter(report -> report.latency().isEmpty()).isPresent();
        if (node.home().isEmpty() && silent && !map.derpMap().regions().isEmpty()) {
            String text =
                    "No relay server answered; peers that cannot reach this node directly cannot reach it at all.";
            found.add(
                    Warning.of("no-derp-home", "medium", "No home relay server", text)
                            .cuttingOff());
        } else if (home.isPresent() && home.get().phase() == RelayStatus.Phase.WAITING) {
            String name =
                    map.derpMap().region(home.get().region()).map(DerpRegion::name).orElse("");
            String trouble = home.get().trouble().orElse("no connection");
            String text = "The home relay \"" + name + "\" cannot be reached: " + trouble + ".";
            found.add(
                    Warning.of("no-derp-connection", "medium", "Relay server unavailable", text)
                            .cuttingOff()
                            .loggedAlready());
        }
    }

    private static boolean offersRoutes(NetMap map) {
        return map.peers().all().stream().anyMatch(peer -> !peer.primaryRoutes().isEmpty());
    }

    private void message(String id, DisplayMessage message) {
        add(
                "control-health." + id,
                Objects.requireNonNullElse(message.severity(), "medium"),
                Objects.requireNonNullElse(message.title(), ""),
                Objects.requireNonNullElse(message.text(), ""));
    }
}
