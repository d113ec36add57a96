package dev.remora.sidecar.server;

import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `users`: the people who own nodes.
final class UserCommands {
    private static final String NAME = "name";
    private static final String IDENTIFIER = "identifier";

    private UserCommands() {}

    static Command group() {
        return AdminCommand.group(
                        "users",
                        "The people who own nodes",
                        List.of(create(), list(), rename(), destroy()))
                .withAliases("user");
    }

    private static Command create() {
        return AdminCommand.of(
                        "create",
                        "Make a user",
                        "users create NAME [flags]",
                        UserCommands::facts,
                        UserCommands::create)
                .withAliases("c", "new");
    }

    private static Command list() {
        return AdminCommand.of(
                        "list",
                        "Show users",
                        "users list [flags]",
                        flags ->
                                which(flags)
                                        .text("email", "", "only who has this address")
                                        .alias("e", "email"),
                        UserCommands::list)
                .withAliases("ls", "show");
    }

    private static Command rename() {
        return AdminCommand.of(
                        "rename",
                        "Give a user another name",
                        "users rename --identifier ID|--name NAME --new-name NAME",
                        flags ->
                                which(flags)
                                        .text("new-name", "", "the name from now on")
                                        .alias("r", "new-name"),
                        UserCommands::rename)
                .withAliases("mv");
    }

    private static Command destroy() {
        return AdminCommand.of(
                        "destroy",
                        "Delete a user who owns no nodes",
                        "users destroy --identifier ID|--name NAME",
                        UserCommands::which,
                        UserCommands::destroy)
                .withAliases("delete");
    }

    private static Flags facts(Flags flags) {
        return flags.text("display-name", "", "the user's name for people")
                .alias("d", "display-name")
                .text("email", "", "the user's address")
                .alias("e", "email")
                .text("picture-url", "", "a picture of the user")
                .alias("p", "picture-url");
    }

    private static Flags which(Flags flags) {
        return flags.text(IDENTIFIER, "", "the user's number")
                .alias("i", IDENTIFIER)
                .text(NAME, "", "the user's name")
                .alias("n", NAME);
    }

    private static void create(AdminCommand admin) throws CommandException, UsageException {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(NAME, admin.word("NAME"));
        parameters.put("display_name", admin.flags().text("display-name"));
        parameters.put("email", admin.flags().text("email"));
        parameters.put("picture_url", admin.flags().text("picture-url"));
        Tree user = admin.ask("users/create", parameters);
        admin.print(user, made -> "User " + made.at(NAME).text() + " is created.\n");
    }

    private static void list(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        Map<String, String> parameters = chosen(admin);
        parameters.put("email", admin.flags().text("email"));
        admin.print(admin.ask("users/list", parameters), UserCommands::table);
    }

    private static void rename(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        Map<String, String> parameters = chosen(admin);
        parameters.put("new_name", admin.needed("new-name"));
        Tree user = admin.ask("users/rename", parameters);
        admin.print(user, now -> "The user's name is " + now.at(NAME).text() + " now.\n");
    }

    private static void destroy(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        String who = admin.flags().text(admin.flags().isGiven(IDENTIFIER) ? IDENTIFIER : NAME);
        if (who.isEmpty()) {
            throw new UsageException("--identifier or --name is needed");
        }
        if (admin.isConfirmed("Delete user " + who + " and the user's auth keys?")) {
            Tree gone = admin.ask("users/destroy", chosen(admin));
            admin.print(Map.of(), "User " + gone.at(NAME).text() + " is deleted.\n");
        }
    }

    private static Map<String, String> chosen(AdminCommand admin) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("id", admin.flags().text(IDENTIFIER));
        parameters.put(NAME, admin.flags().text(NAME));
        return parameters;
    }

    private static String table(Tree users) {
        Columns table = new Columns("ID", "Name", "Username", "Email", "Created");
        for (Tree user : users.items()) {
            table.row(
                    Long.toString(user.at("id").number()),
                    user.at("display_name").text(),
                    user.at(NAME).text(),
                    user.at("email").text(),
                    Times.text(user.at("created_at")));
        }
        return table.text();
    }
}
