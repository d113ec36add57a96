package dev.remora.sidecar.life;

import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState;
import dev.remora.io.derp.RelayStatus;
import dev.remora.node.NodeStatus;
import dev.remora.proto.control.DisplayMessage;
import dev.remora.sidecar.config.Prefs;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Finds out what is wrong, in sentences for people. No state of its own.
final class Diagnosis {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final List<Warning> found = new ArrayList<>();

    private Diagnosis() {}

    /// @param problems what serve could not do, in sentences
    static List<Warning> of(
            Prefs prefs, RunState state, Membership membership, NodeStatus node, List<String> problems, ZoneId zone) {
        Diagnosis diagnosis = new Diagnosis();
        if (!prefs.wantRunning()) {
            diagnosis.add("wantrunning-false", "low", "Remora is stopped", "Tailscale is stopped.");
        } else {
            diagnosis.login(state, membership, zone);
            membership.netMap().ifPresent(map -> diagnosis.network(state, map, node, prefs));
        }
        for (String problem : problems) {
            diagnosis.add("serve-config", "medium", "Serve", problem);
        }
        return diagnosis.found;
    }

    private void add(String code, String severity, String title, String text) {
        found.add(Warning.of(code, severity, title, text));
    }

    private void login(RunState state, Membership membership, ZoneId zone) {
        Optional<ControlState.Failed> failure = membership.failure();
        String why = failure.map(failed -> sentence(failed, zone)).orElse("");
        String key = failure.map(failed -> failed.reason() + failed.sentence()).orElse("");
        if (state == RunState.NEEDS_LOGIN || membership.netMap().isEmpty() && failure.isPresent()) {
            String text = "You are logged out.";
            String last = why.isEmpty() ? text : text + " The last login error was: " + why;
            String severity = why.isEmpty() ? "low" : "medium"; // to be logged out is no failure
            found.add(Warning.of("login-state", severity, "Logged out", last).withKey(key));
        } else if (failure.isPresent()) {
            found.add(
                    Warning.of(
                                    "not-in-map-poll",
                                    "medium",
                                    "Out of sync",
                                    "The control server cannot be reached; what was known keeps working. " + why)
                            .withKey(key));
        }
    }

    private static String sentence(ControlState.Failed failed, ZoneId zone) {
        Optional<Instant> next = failed.nextTryAt();
        return next.isEmpty()
                ? failed.sentence()
                : failed.sentence() + " Next try at " + CLOCK.format(next.get().atZone(zone)) + ".";
    }

    private void network(RunState state, NetMap map, NodeStatus node, Prefs prefs) {
        if (state != RunState.RUNNING && state != RunState.STARTING) {
            return;
        }
        relays(map, node);
        if (node.udpPortV4() == 0 && node.udpPortV6() == 0) {
            add("no-udp4-bind", "medium", "No UDP", "No UDP port could be opened; all traffic goes through relays.");
        }
        if (!prefs.acceptRoutes() && offersRoutes(map)) {
            add(
                    "accept-routes-off",
                    "low",
                    "Routes",
                    "Some peers are advertising routes but --accept-routes is false");
        }
        map.messages().forEach(this::message);
    }

    private void relays(NetMap map, NodeStatus node) {
        if (map.derpMap().regions().isEmpty()) {
            return;
        }
        Optional<RelayStatus> home = node.relays().stream().filter(RelayStatus::home).findFirst();
        if (home.isEmpty()) {
            if (node.netReport().isPresent()) {
                found.add(
                        Warning.of(
                                        "no-derp-home",
                                        "medium",
                                        "No home relay server",
                                        "No relay server answered; peers that cannot reach this node directly cannot reach it at all.")
                                .cuttingOff());
            }
        } else if (home.get().phase() == RelayStatus.Phase.WAITING) {
            String name = map.derpMap().region(home.get().region()).map(DerpRegion::name).orElse("");
            found.add(
                    Warning.of(
                                    "no-derp-connection",
                                    "medium",
                                    "Relay server unavailable",
                                    "The home relay \"" + name + "\" cannot be reached: " + home.get().trouble().orElse("no connection") + ".")
                            .cuttingOff());
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
