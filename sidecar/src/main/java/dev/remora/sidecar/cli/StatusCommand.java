package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.cli.Status.Peer;
import dev.remora.sidecar.config.JsonTree;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `status`: the node and its peers, as a table or as JSON.
final class StatusCommand {
    /// A node whose last sign of life is unknown carries Go's zero time.
    private static final String NEVER = "0001-01-01T00:00:00Z";

    /// How those health texts begin that say why a node is not running, or will not be.
    private static final List<String> EXPLAINING =
            List.of("You are logged out. ", "Cannot write ", "An administrator ");

    private StatusCommand() {}

    static Command command() {
        return Command.of(
                        "status",
                        "Show the state of the daemon and its connections",
                        "status [--active] [--json]",
                        () ->
                                new Flags()
                                        .bool("json", false, "print JSON, as the daemon gives it")
                                        .bool("active", false, "only peers with traffic now")
                                        .bool("self", true, "show this machine")
                                        .bool("peers", true, "show the peers")
                                        .bool("header", false, "name the columns")
                                        .bool("web", false, "not part of Remora yet")
                                        .bool("browser", true, "not part of Remora yet")
                                        .text("listen", "127.0.0.1:8384", "not part of Remora yet"),
                        StatusCommand::run)
                .withDetails(
                        """
                        Ends with code 1 while the node is stopped or logged out, which health checks may rely on; with --json
                        always with 0, if a daemon answers.
                        """);
    }

    private static int run(Invocation call) throws CommandException {
        if (!call.words().isEmpty()) {
            throw new CommandException(
                    "unexpected non-flag arguments to '" + call.world().program() + " status'");
        }
        if (call.flags().bool("web")) {
            throw new CommandException("the status page is not part of Remora yet; try --json");
        }
        Status status = Status.first(call.daemon(), call.world(), call.flags().bool("peers"));
        if (call.flags().bool("json")) {
            call.print(JsonTree.indented(filtered(status, call.flags()), "  "));
            return 0;
        }
        return print(status, call);
    }

    private static Map<String, @Nullable Object> filtered(Status status, Flags flags) {
        Map<String, @Nullable Object> tree = status.tree().copy();
        if (flags.bool("active")) {
            Map<String, @Nullable Object> peers = status.tree().at("Peer").copy();
            status.tree()
                    .at("Peer")
                    .members()
                    .forEach((key, peer) -> {
                        if (!peer.at("Active").bool()) {
                            peers.remove(key);
                        }
                    });
            tree.put("Peer", status.tree().at("Peer").isNull() ? null : peers);
        }
        return tree;
    }

    private static int print(Status status, Invocation call) throws CommandException {
        StringBuilder out = new StringBuilder();
        Optional<String> notRunning = status.whyNotRunning();
        if (notRunning.isPresent()) {
            printNotRunning(notRunning.get(), status, call);
            return 1;
        }
        table(status, call).appendTo(out);
        if (!status.health().isEmpty()) {
            out.append('\n');
            appendHealth(out, status.health());
        }
        appendFunnel(out, call);
        call.print(out.toString());
        return 0;
    }

    /// The state first, where it has a name, and then why. The official program keeps the reason to itself.
    private static void printNotRunning(String state, Status status, Invocation call) {
        boolean hasName = !state.startsWith("unexpected");
        List<String> reasons =
                status.health().stream()
                        .filter(text -> !hasName || EXPLAINING.stream().anyMatch(text::startsWith))
                        .toList();
        StringBuilder health = new StringBuilder();
        if (!reasons.isEmpty()) {
            appendHealth(health, reasons);
        }
        if (health.isEmpty()) {
            call.println(state);
        } else if (hasName) {
            call.print(state + "\n\n" + health);
        } else {
            call.println(health + "\n" + state);
        }
    }

    private static void appendHealth(StringBuilder out, List<String> texts) {
        out.append("# Health check:\n");
        for (String text : texts) {
            out.append("#     - ").append(text.replace("\n", "\n#       ")).append('\n');
        }
    }

    private static void appendFunnel(StringBuilder out, Invocation call) throws CommandException {
        Tree funnel = call.daemon().get("serve-config").at("AllowFunnel");
        List<String> on = new ArrayList<>();
        funnel.members()
                .forEach((hostPort, allowed) -> {
                    if (allowed.bool()) {
                        on.add("#     - https://" + hostPort.replaceFirst(":443$", "") + "\n");
                    }
                });
        if (!on.isEmpty()) {
            out.append("\n# Funnel on:\n");
            on.forEach(out::append);
        }
    }

    private static Table table(Status status, Invocation call) {
        Table table = new Table();
        if (call.flags().bool("header")) {
            table.row("IP", "Hostname", "Owner", "OS", "Status");
            table.row("--", "--------", "-----", "--", "------");
        }
        Instant now = call.world().machine().now();
        if (call.flags().bool("self") && !status.self().ips().isEmpty()) {
            addRow(table, status, status.self(), now);
        }
        if (call.flags().bool("peers")) {
            for (Peer peer : status.peers()) {
                boolean hidden = peer.tree().at("ShareeNode").bool();
                if (!hidden && (peer.isActive() || !call.flags().bool("active"))) {
                    addRow(table, status, peer, now);
                }
            }
        }
        return table;
    }

    private static void addRow(Table table, Status status, Peer peer, Instant now) {
        table.row(
                peer.ips().isEmpty() ? "" : peer.ips().getFirst(),
                peer.name(),
                status.owner(peer),
                peer.tree().at("OS").text(),
                activity(peer, now));
    }

    /// How things stand with one node, in the words of the table's last column.
    static String activity(Peer peer, Instant now) {
        Tree tree = peer.tree();
        long sent = tree.at("TxBytes").number();
        long received = tree.at("RxBytes").number();
        boolean traffic = sent != 0 || received != 0;
        String gone = tree.at("Online").bool() ? "" : "offline" + lastSeen(tree, now);
        String text = peer.isActive() ? active(peer) : idle(peer, traffic);
        if (!gone.isEmpty()) {
            text = text.equals("-") ? gone : text + "; " + gone;
        }
        return traffic ? text + ", tx " + sent + " rx " + received : text;
    }

    private static String idle(Peer peer, boolean traffic) {
        if (peer.tree().at("ExitNode").bool()) {
            return "idle; exit node";
        }
        if (peer.isExitNodeOption()) {
            return "idle; offers exit node";
        }
        return traffic ? "idle" : "-";
    }

    private static String active(Peer peer) {
        Tree tree = peer.tree();
        String role =
                tree.at("ExitNode").bool()
                        ? "exit node; "
                        : peer.isExitNodeOption() ? "offers exit node; " : "";
        String direct = tree.at("CurAddr").text();
        String peerRelay = tree.at("PeerRelay").text();
        String relay = tree.at("Relay").text();
        String path = "";
        if (!direct.isEmpty()) {
            path = "direct " + direct;
        } else if (!peerRelay.isEmpty()) {
            path = "peer-relay " + peerRelay;
        } else if (!relay.isEmpty()) {
            path = "relay " + GoText.quote(relay);
        }
        return "active; " + role + path;
    }

    private static String lastSeen(Tree peer, Instant now) {
        String text = peer.at("LastSeen").text();
        if (text.isEmpty() || text.equals(NEVER)) {
            return "";
        }
        try {
            long minutes = Math.max(1, Duration.between(Instant.parse(text), now).toMinutes());
            long hours = minutes / 60;
            String ago = hours == 0 ? minutes + "m" : hours < 24 ? hours + "h" : hours / 24 + "d";
            return ", last seen " + ago + " ago";
        } catch (DateTimeParseException e) {
            return "";
        }
    }
}
