package dev.remora.sidecar.server;

import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// `nodes`: the members of the tailnet.
final class NodeCommands {
    private static final String IDENTIFIER = "identifier";
    private static final String EXPIRY = "expiry";
    private static final String NAME = "given_name";

    private NodeCommands() {}

    static Command group() {
        return AdminCommand.group(
                        "nodes",
                        "The members of the tailnet",
                        List.of(
                                list(),
                                listRoutes(),
                                register(),
                                expire(),
                                approve(),
                                rename(),
                                delete(),
                                tag(),
                                approveRoutes(),
                                backfill(),
                                QuestionCommands.ping(),
                                QuestionCommands.ask()))
                .withAliases("node");
    }

    private static Command list() {
        return AdminCommand.of(
                        "list",
                        "Show nodes",
                        "nodes list [--user NAME|ID]",
                        flags ->
                                ofUser(flags)
                                        .bool("tags", false, "has no effect: tags are always shown")
                                        .alias("t", "tags"),
                        NodeCommands::list)
                .withAliases("ls", "show");
    }

    private static Command listRoutes() {
        return AdminCommand.of(
                        "list-routes",
                        "Show which routes nodes offer, may offer and serve",
                        "nodes list-routes [--identifier ID|NAME]",
                        NodeCommands::which,
                        NodeCommands::listRoutes)
                .withAliases("lsr", "routes");
    }

    private static Command register() {
        return AdminCommand.of(
                "register",
                "Let in a node that waits for approval, as `auth register` does",
                "nodes register --user NAME|ID --key ID",
                flags ->
                        ofUser(flags)
                                .text("key", "", "what stands at the end of its URL")
                                .alias("k", "key"),
                admin -> AuthCommands.register(admin, "key"));
    }

    private static Command expire() {
        return changing(
                        "expire",
                        "End a node's key now or at a time, or never",
                        "[--expiry TIME|--disable]",
                        NodeCommands::expiry,
                        NodeCommands::expire)
                .withAliases("logout", "exp", "e");
    }

    private static Command approve() {
        return changing(
                "approve",
                "Let in a node that waits for approval as a device",
                "",
                flags -> flags,
                admin -> {
                    admin.refuseWords();
                    change(admin, "approve", "", "");
                });
    }

    private static Command rename() {
        return AdminCommand.of(
                "rename",
                "Give a node another name",
                "nodes rename NAME --identifier ID|NAME",
                NodeCommands::which,
                admin -> change(admin, "rename", "new_name", admin.word("NAME")));
    }

    private static Command delete() {
        return changing(
                        "delete",
                        "Take a node off the tailnet",
                        "",
                        flags -> flags,
                        NodeCommands::delete)
                .withAliases("del");
    }

    private static Command tag() {
        return changing(
                        "tag",
                        "Make a node act for itself, under these tags",
                        "--tags TAG,…",
                        flags ->
                                flags.list("tags", "all of its tags, separated by commas")
                                        .alias("t", "tags"),
                        admin -> {
                            admin.refuseWords();
                            change(admin, "tag", "tags", admin.needed("tags"));
                        })
                .withAliases("tags", "t");
    }

    private static Command approveRoutes() {
        return changing(
                "approve-routes",
                "Say which routes a node may offer",
                "--routes PREFIX,…",
                flags ->
                        flags.list("routes", "all of them, separated by commas; empty: none")
                                .alias("r", "routes"),
                admin -> {
                    admin.refuseWords();
                    change(admin, "approve-routes", "routes", admin.needed("routes"));
                });
    }

    private static Command backfill() {
        return AdminCommand.of(
                "backfillips",
                "Give nodes the addresses that they lack: none, every node has both",
                "nodes backfillips",
                flags -> flags,
                NodeCommands::backfill);
    }

    /// Scripts for headscale give it after a change of its settings. Ours has both addresses from its first moment.
    private static void backfill(AdminCommand admin) throws CommandException {
        admin.refuseWords();
        admin.print(Map.of(), "Every node has both of its addresses.\n");
    }

    private static Command changing(
            String verb,
            String summary,
            String form,
            UnaryOperator<Flags> flags,
            AdminCommand.Action action) {
        return AdminCommand.of(
                verb,
                summary,
                ("nodes " + verb + " --identifier ID|NAME " + form).strip(),
                known -> flags.apply(which(known)),
                action);
    }

    private static Flags ofUser(Flags flags) {
        return flags.text("user", "", "the user's name or number").alias("u", "user");
    }

    static Flags which(Flags flags) {
        return flags.text(IDENTIFIER, "", "the node's number or name").alias("i", IDENTIFIER);
    }

    private static Flags expiry(Flags flags) {
        return flags.text(EXPIRY, "", "when, such as 2027-08-27T10:00:00Z; empty: now")
                .alias("e", EXPIRY)
                .bool("disable", false, "the key does not end by itself any more")
                .alias("d", "disable");
    }

    private static void list(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        Map<String, String> parameters = Map.of("user", admin.flags().text("user"));
        admin.print(admin.ask("nodes/list", parameters), NodeTables::nodes);
    }

    private static void listRoutes(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("id", admin.flags().text(IDENTIFIER));
        parameters.put("routes", "true");
        admin.print(admin.ask("nodes/list", parameters), NodeTables::routes);
    }

    private static void expire(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("id", admin.needed(IDENTIFIER));
        parameters.put(EXPIRY, admin.flags().text(EXPIRY));
        parameters.put("disable", admin.flags().text("disable"));
        Tree node = admin.ask("nodes/expire", parameters);
        admin.print(
                node,
                now ->
                        now.at(EXPIRY).isNull()
                                ? "The key of " + now.at(NAME).text() + " does not expire.\n"
                                : "The key of "
                                        + now.at(NAME).text()
                                        + " ends at "
                                        + Times.text(now.at(EXPIRY))
                                        + " UTC.\n");
    }

    private static void delete(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        String id = admin.needed(IDENTIFIER);
        String name = admin.ask("nodes/list", Map.of("id", id)).items().getFirst().at(NAME).text();
        if (admin.isConfirmed("Delete node " + name + "?")) {
            admin.ask("nodes/delete", Map.of("id", id));
            admin.print(
                    Map.of("Result", "Node " + name + " is deleted"),
                    "Node " + name + " is deleted.\n");
        }
    }

    private static void change(AdminCommand admin, String verb, String name, String value)
            throws CommandException, UsageException {
        Map<String, String> parameters = Map.of("id", admin.needed(IDENTIFIER), name, value);
        Tree node = admin.ask("nodes/" + verb, parameters);
        admin.print(node, now -> "Node " + now.at(NAME).text() + " is changed.\n");
    }
}
