package dev.remora.sidecar.server;

import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.HttpAnswer;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;

/// `nodes ping` and `nodes ask`: what a connected node answers at this moment.
final class QuestionCommands {
    private static final String IDENTIFIER = "identifier";

    private QuestionCommands() {}

    static Command ping() {
        return AdminCommand.of(
                "ping",
                "Say whether a node answers, or reaches another one and how",
                "nodes ping --identifier ID|NAME [--to ID|NAME]",
                flags ->
                        NodeCommands.which(flags)
                                .text("to", "", "a node that it shall ping")
                                .text("type", "disco", "how: disco, TSMP, ICMP or peerapi"),
                QuestionCommands::ping);
    }

    static Command ask() {
        return AdminCommand.of(
                        "ask",
                        "Print what a node's client says about itself",
                        "nodes ask PATH --identifier ID|NAME",
                        NodeCommands::which,
                        QuestionCommands::ask)
                .withDetails(
                        """
                        PATH is one that the client answers its control server: /debug/health, /debug/metrics, /debug/prefs, /debug/netmap,
                        /debug/goroutines, /echo. Which of them there are depends on the client.
                        """);
    }

    private static void ping(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        Map<String, String> parameters =
                Map.of(
                        "id",
                        admin.needed(IDENTIFIER),
                        "to",
                        admin.flags().text("to"),
                        "type",
                        admin.flags().text("type"));
        admin.print(admin.ask("nodes/ping", parameters), QuestionCommands::sentence);
    }

    private static String sentence(Tree pong) {
        String time =
                String.format(Locale.ROOT, "%.1f ms", pong.at("latency_seconds").real() * 1000);
        String node = pong.at("node").text();
        if (pong.at("to").isNull()) {
            return node + " answers after " + time + ".\n";
        }
        return node + " reaches " + pong.at("to").text() + " in " + time + path(pong) + ".\n";
    }

    private static String path(Tree pong) {
        String endpoint = pong.at("endpoint").text();
        String region = pong.at("derp_region_code").text();
        return !endpoint.isEmpty()
                ? " directly, at " + endpoint
                : region.isEmpty() ? "" : " through the relay " + region;
    }

    private static void ask(AdminCommand admin) throws CommandException, UsageException {
        String path = admin.word("PATH");
        Map<String, String> parameters = Map.of("id", admin.needed(IDENTIFIER), "path", path);
        Tree asked = admin.ask("nodes/ask", parameters);
        byte[] response = Base64.getDecoder().decode(asked.at("response").text());
        try {
            HttpAnswer answer = HttpAnswer.read(new ByteArrayInputStream(response));
            String body = answer.bodyText();
            if (answer.status() != 200) {
                throw new CommandException(
                        "the node answers "
                                + answer.status()
                                + (body.isEmpty() ? "" : ": " + body));
            }
            admin.printText(body + "\n");
        } catch (IOException e) {
            throw new CommandException("the node answers what nobody can read: " + e.getMessage());
        }
    }
}
