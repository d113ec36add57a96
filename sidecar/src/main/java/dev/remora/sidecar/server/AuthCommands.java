package dev.remora.sidecar.server;

import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import java.util.List;
import java.util.Map;

/// `auth`: what becomes of nodes that wait for a person's approval.
final class AuthCommands {
    private static final String AUTH_ID = "auth-id";

    private AuthCommands() {}

    static Command group() {
        return AdminCommand.group(
                "auth",
                "Nodes that wait for approval",
                List.of(
                        AdminCommand.of(
                                "register",
                                "Let a node in that waits",
                                "auth register --auth-id ID --user NAME|ID",
                                AuthCommands::flags,
                                admin -> register(admin, AUTH_ID)),
                        AdminCommand.of(
                                "approve",
                                "Let a node in that waits, as register does",
                                "auth approve --auth-id ID --user NAME|ID",
                                AuthCommands::flags,
                                admin -> register(admin, AUTH_ID)),
                        AdminCommand.of(
                                "reject",
                                "Turn a node away that waits",
                                "auth reject --auth-id ID",
                                AuthCommands::flags,
                                AuthCommands::reject)));
    }

    private static Flags flags(Flags flags) {
        return flags.text(AUTH_ID, "", "what stands at the end of the node's URL")
                .text("user", "", "whose node it becomes, by name or number")
                .alias("u", "user");
    }

    static void register(AdminCommand admin, String idFlag)
            throws CommandException, UsageException {
        admin.refuseWords();
        Map<String, String> parameters =
                Map.of("auth_id", admin.needed(idFlag), "user", admin.needed("user"));
        Tree node = admin.ask("auth/register", parameters);
        admin.print(node, now -> "Node " + now.at("given_name").text() + " is let in.\n");
    }

    private static void reject(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        Tree answer = admin.ask("auth/reject", Map.of("auth_id", admin.needed(AUTH_ID)));
        admin.print(answer, gone -> "The node is turned away.\n");
    }
}
