package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.config.JsonTree;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `whois`: the machine and the person behind an address of the tailnet; `whoami`: behind our own.
final class WhoIsCommand {
    private static final int NOT_FOUND = 404;

    private WhoIsCommand() {}

    static Command command() {
        return Command.of(
                "whois",
                "Show the machine and the user behind a tailnet address",
                "whois [--json] ip[:port]",
                () ->
                        new Flags()
                                .bool("json", false, "print JSON")
                                .text("proto", "", "tcp or udp; empty for both"),
                WhoIsCommand::run);
    }

    static Command whoAmI() {
        return Command.of(
                "whoami",
                "Show this machine and its user on the tailnet",
                "whoami [--json]",
                () -> new Flags().bool("json", false, "print JSON"),
                WhoIsCommand::runForSelf);
    }

    private static int run(Invocation call) throws CommandException {
        if (call.words().isEmpty()) {
            throw new CommandException("missing argument, expected one peer");
        }
        if (call.words().size() > 1) {
            throw new CommandException("too many arguments, expected at most one peer");
        }
        return print(call, ask(call.daemon(), call.flags().text("proto"), call.words().getFirst()));
    }

    private static int runForSelf(Invocation call) throws CommandException {
        if (!call.words().isEmpty()) {
            throw new CommandException("too many arguments, expected none");
        }
        Status status = Status.withoutPeers(call.daemon());
        if (status.ips().isEmpty()) {
            throw new CommandException("no current Tailscale IP address; state: " + status.state());
        }
        return print(call, ask(call.daemon(), "", status.ips().getFirst()));
    }

    private static int print(Invocation call, Tree answer) {
        call.print(
                call.flags().bool("json")
                        ? JsonTree.indented(answer.value(), "  ") + "\n"
                        : describe(answer));
        return 0;
    }

    private static Tree ask(LocalApi daemon, String protocol, String address)
            throws CommandException {
        try {
            return daemon.get("whois?proto=" + encoded(protocol) + "&addr=" + encoded(address));
        } catch (DaemonException e) {
            throw e.status() == NOT_FOUND ? new CommandException("peer not found", e) : e;
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String describe(Tree answer) {
        Tree node = answer.at("Node");
        List<String> addresses = node.at("Addresses").texts();
        StringBuilder out = new StringBuilder("Machine:\n");
        out.append("  Name:          ").append(node.at("Name").text().replaceFirst("\\.$", ""));
        out.append("\n  ID:            ").append(node.at("StableID").text());
        out.append("\n  Addresses:     ").append(list(addresses)).append('\n');
        List<String> routes =
                node.at("AllowedIPs").texts().stream()
                        .filter(route -> !addresses.contains(route))
                        .toList();
        if (!routes.isEmpty()) {
            out.append("  AllowedIPs:    ").append(list(routes)).append('\n');
        }
        List<String> tags = node.at("Tags").texts();
        if (tags.isEmpty()) {
            Tree user = answer.at("UserProfile");
            out.append("User:\n  Name:     ").append(user.at("LoginName").text());
            out.append("\n  ID:       ").append(user.at("ID").number()).append('\n');
        } else {
            out.append("  Tags:          ").append(String.join(", ", tags)).append('\n');
        }
        appendCapabilities(out, answer.at("CapMap"));
        return out.toString();
    }

    private static String list(List<String> texts) {
        return "[" + String.join(" ", texts) + "]";
    }

    private static void appendCapabilities(StringBuilder out, Tree capabilities) {
        String title = "Capabilities:\n";
        for (var capability : capabilities.members().entrySet()) {
            out.append(title).append("  - ").append(capability.getKey());
            title = "";
            if (!capability.getValue().items().isEmpty()) {
                String json = JsonTree.indented(capability.getValue().value(), "  ");
                out.append(":\n      ").append(json.replace("\n", "\n      "));
            }
            out.append('\n');
        }
    }
}
