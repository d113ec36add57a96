package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.config.JsonTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `switch`: which accounts this node has, and which one it uses.
final class SwitchCommand {
    private static final Duration LOOK_AGAIN_AFTER = Duration.ofMillis(100);

    private SwitchCommand() {}

    static Command command() {
        Command remove =
                Command.of(
                        "remove",
                        "Forget an account on this machine",
                        "switch remove <id>",
                        Flags::new,
                        SwitchCommand::remove);
        return new Command(
                "switch",
                "Use another of the accounts that are logged in",
                List.of("switch <id>", "switch --list [--json]", "switch remove <id>"),
                "In place of the <id> that --list shows, the account's or the tailnet's name will do.",
                () ->
                        new Flags()
                                .bool("list", false, "list the accounts")
                                .bool("json", false, "list them as JSON"),
                List.of(remove),
                SwitchCommand::run);
    }

    private static int run(Invocation call) throws CommandException {
        boolean isJson = call.flags().bool("json");
        if (call.flags().bool("list")) {
            Accounts accounts = Accounts.get(call.daemon());
            call.print(isJson ? json(accounts) : table(accounts));
            return 0;
        }
        if (isJson) {
            call.println(
                    "--json argument cannot be used with "
                            + call.world().program()
                            + " switch NAME");
            return 1;
        }
        Selection selection = select(call, "switch", "switch to");
        if (selection.exit().isPresent()) {
            return selection.exit().get();
        }
        try {
            call.daemon().send("POST", "profiles/" + selection.id(), null);
        } catch (CommandException e) {
            call.warn("Failed to switch to account: " + e.message());
            return 1;
        }
        call.println("Switching to account " + GoText.quote(call.words().getFirst()));
        return awaitOutcome(call);
    }

    private static int awaitOutcome(Invocation call) throws CommandException {
        while (true) {
            Status status = status(call);
            switch (status.state()) {
                case "NoState", "Starting" -> call.world().pause(LOOK_AGAIN_AFTER);
                case "NeedsLogin" -> {
                    call.println(
                            "Logged out.\nTo log in, run:\n  " + call.world().program() + " up");
                    return 0;
                }
                default -> {
                    Optional<String> trouble = status.whyNotRunning();
                    call.println(trouble.orElse("Success."));
                    return trouble.isPresent() ? 1 : 0;
                }
            }
        }
    }

    private static Status status(Invocation call) throws CommandException {
        try {
            return Status.withoutPeers(call.daemon());
        } catch (CommandException e) {
            throw new CommandException("Error getting status: " + e.message());
        }
    }

    private static int remove(Invocation call) throws CommandException {
        Selection selection = select(call, "switch remove", "remove");
        if (selection.exit().isEmpty()) {
            call.daemon().send("DELETE", "profiles/" + selection.id(), null);
        }
        return selection.exit().orElse(0);
    }

    /// The account that is meant, or the code to end with since there is nothing to do.
    private record Selection(String id, Optional<Integer> exit) {
        static Selection none(int exit) {
            return new Selection("", Optional.of(exit));
        }
    }

    private static Selection select(Invocation call, String command, String what) {
        if (call.words().size() != 1) {
            call.println("usage: " + call.world().program() + " " + command + " NAME");
            return Selection.none(1);
        }
        Accounts accounts;
        try {
            accounts = Accounts.get(call.daemon());
        } catch (CommandException e) {
            call.warn("Failed to " + what + " account: " + e.message());
            return Selection.none(1);
        }
        String name = call.words().getFirst();
        Optional<String> id = accounts.named(name);
        if (id.isEmpty()) {
            call.warn("No profile named " + GoText.quote(name));
            return Selection.none(1);
        }
        if (id.get().equals(accounts.current())) {
            call.println("Already on account " + GoText.quote(name));
            return Selection.none(0);
        }
        return new Selection(id.get(), Optional.empty());
    }

    private static String table(Accounts accounts) {
        Table table = Table.ragged();
        table.row("ID", "Tailnet", "Account");
        for (Tree account : accounts.all()) {
            String mark = Accounts.id(account).equals(accounts.current()) ? "*" : "";
            table.row(
                    Accounts.id(account),
                    Accounts.tailnet(account),
                    account.at("Name").text() + mark);
        }
        return table.text();
    }

    private static String json(Accounts accounts) {
        List<Map<String, @Nullable Object>> list = new ArrayList<>();
        for (Tree account : accounts.all()) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("id", Accounts.id(account));
            one.put("nickname", account.at("Name").text());
            one.put("tailnet", Accounts.tailnet(account));
            one.put("account", account.at("UserProfile").at("LoginName").text());
            one.put("selected", Accounts.id(account).equals(accounts.current()));
            list.add(one);
        }
        return JsonTree.indented(list, "  ") + "\n";
    }

    /// @param current the id of the one in use; empty if it is not kept yet
    private record Accounts(String current, List<Tree> all) {
        static Accounts get(LocalApi daemon) throws CommandException {
            String current = id(daemon.get("profiles/current"));
            return new Accounts(current, daemon.get("profiles/").items());
        }

        static String id(Tree account) {
            return account.at("ID").text();
        }

        static String tailnet(Tree account) {
            Tree network = account.at("NetworkProfile");
            String shown = network.at("DisplayName").text();
            return shown.isEmpty() ? network.at("DomainName").text() : shown;
        }

        /// An id goes before a tailnet's domain, that before an account's name, and this before what the tailnet is shown as.
        Optional<String> named(String name) {
            Stream<Function<Tree, String>> waysToCallIt =
                    Stream.of(
                            Accounts::id,
                            account -> account.at("NetworkProfile").at("DomainName").text(),
                            account -> account.at("Name").text(),
                            account -> account.at("NetworkProfile").at("DisplayName").text());
            return waysToCallIt
                    .flatMap(way -> all.stream().filter(each -> way.apply(each).equals(name)))
                    .findFirst()
                    .map(Accounts::id);
        }
    }
}
