package dev.remora.sidecar.server;

import dev.remora.server.Lifetime;
import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.GoDuration;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `preauthkeys`: keys that let nodes in without a person.
final class KeyCommands {
    private static final String REUSABLE = "reusable";
    private static final String EPHEMERAL = "ephemeral";
    private static final String EXPIRATION = "expiration";
    private static final String TAKE_OVER = "take-over-name";
    private static final String PRE_APPROVED = "pre-approved";
    private static final String ID = "id";

    private KeyCommands() {}

    static Command group() {
        return AdminCommand.group(
                        "preauthkeys",
                        "Keys that let nodes in without a person",
                        List.of(create(), list(), expire(), delete()))
                .withAliases("preauthkey", "authkey", "pre");
    }

    private static Command create() {
        return AdminCommand.of(
                        "create",
                        "Make a key and print it; it is shown only once",
                        "preauthkeys create --user NAME|ID [flags]",
                        KeyCommands::wishes,
                        KeyCommands::create)
                .withAliases("c", "new");
    }

    private static Command list() {
        return AdminCommand.of(
                        "list",
                        "Show keys, their secrets left out",
                        "preauthkeys list",
                        flags -> flags,
                        KeyCommands::list)
                .withAliases("ls", "show");
    }

    private static Command expire() {
        return byId("expire", "Let no more nodes in with a key", "is expired")
                .withAliases("revoke", "exp", "e");
    }

    private static Command delete() {
        return byId("delete", "Forget a key; nodes that came with it stay", "is deleted")
                .withAliases("del", "rm", "d");
    }

    private static Flags wishes(Flags flags) {
        return flags.text("user", "", "whose nodes they will be, by name or number")
                .alias("u", "user")
                .bool(REUSABLE, false, "for any number of nodes")
                .bool(EPHEMERAL, false, "for nodes that are forgotten when they are gone")
                .list("tags", "tags that nodes get, separated by commas")
                .checked(
                        EXPIRATION,
                        "1h",
                        "how long it lets nodes in, such as 30m, 24h, 90d or 1y",
                        KeyCommands::lifetime)
                .alias("e", EXPIRATION)
                .bool(
                        PRE_APPROVED,
                        true,
                        "its nodes need no approval on a server with --device-approval=on")
                .bool(TAKE_OVER, false, "a node takes the name it asks for from one that is away");
    }

    private static String lifetime(String text) {
        if (span(text).isEmpty()) {
            throw new IllegalArgumentException("no span of time such as 30m, 24h or 90d");
        }
        return text;
    }

    /// Also as Go writes it, such as `1.5h`.
    private static Optional<Duration> span(String text) {
        return Lifetime.parse(text)
                .or(() -> GoDuration.parse(text).filter(span -> !span.isNegative()));
    }

    private static Command byId(String verb, String summary, String done) {
        return AdminCommand.of(
                verb,
                summary,
                "preauthkeys " + verb + " --id ID",
                flags -> flags.text(ID, "", "the key's number, as list shows it").alias("i", ID),
                admin -> {
                    admin.refuseWords();
                    String id = admin.needed(ID);
                    admin.ask("preauthkeys/" + verb, Map.of(ID, id));
                    admin.print(Map.of(), "Key " + id + " " + done + ".\n");
                });
    }

    private static void create(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        Flags flags = admin.flags();
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", flags.text("user"));
        parameters.put(REUSABLE, flags.text(REUSABLE));
        parameters.put(EPHEMERAL, flags.text(EPHEMERAL));
        parameters.put("tags", flags.text("tags"));
        Duration lifetime = span(flags.text(EXPIRATION)).orElseThrow();
        parameters.put("seconds", Long.toString(lifetime.toSeconds()));
        parameters.put("pre_approved", flags.text(PRE_APPROVED));
        parameters.put("take_over_name", flags.text(TAKE_OVER));
        admin.print(
                admin.ask("preauthkeys/create", parameters), key -> key.at("key").text() + "\n");
    }

    private static void list(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        admin.print(admin.ask("preauthkeys/list", Map.of()), KeyCommands::table);
    }

    private static String table(Tree keys) {
        Columns table =
                new Columns(
                        "ID",
                        "Key/Prefix",
                        "Reusable",
                        "Ephemeral",
                        "Used",
                        "Expiration",
                        "Created",
                        "Owner");
        for (Tree key : keys.items()) {
            table.row(
                    Long.toString(key.at(ID).number()),
                    key.at("key").text(),
                    Boolean.toString(key.at(REUSABLE).bool()),
                    Boolean.toString(key.at(EPHEMERAL).bool()),
                    Boolean.toString(key.at("used").bool()),
                    Times.text(key.at(EXPIRATION)),
                    Times.text(key.at("created_at")),
                    owner(key));
        }
        return table.text();
    }

    private static String owner(Tree key) {
        List<String> tags = key.at("acl_tags").texts();
        return tags.isEmpty() ? key.at("user").at("name").text() : String.join("\n", tags);
    }
}
