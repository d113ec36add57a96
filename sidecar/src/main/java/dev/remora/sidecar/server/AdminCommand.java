package dev.remora.sidecar.server;

import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import dev.remora.sidecar.config.JsonTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// One call of a command that tells a server what to do: whom it asks, and how it prints the answer.
///
/// Flags may stand before and behind other words, `--state` and `--output` also behind `server`.
final class AdminCommand {
    private static final String STATE = "state";
    private static final String OUTPUT = "output";

    private final Invocation call;

    private AdminCommand(Invocation call) {
        this.call = call;
    }

    /// What such a command does.
    interface Action {
        void run(AdminCommand admin) throws CommandException, UsageException;
    }

    /// How an answer looks to people.
    interface Text {
        String of(Tree answer);
    }

    /// @param form what follows `server --state=DIR`
    static Command of(
            String name, String summary, String form, UnaryOperator<Flags> flags, Action action) {
        return Command.of(
                name,
                summary,
                "server --state=DIR " + form,
                () -> flags.apply(common(new Flags()).mixed()),
                call -> {
                    action.run(new AdminCommand(call));
                    return 0;
                });
    }

    static Command group(String name, String summary, List<Command> parts) {
        return new Command(
                name,
                summary,
                List.of("server --state=DIR " + name + " <subcommand> [flags]"),
                "",
                () -> common(new Flags()),
                parts,
                call -> {
                    if (call.words().isEmpty()) {
                        throw UsageException.help();
                    }
                    throw new CommandException(
                            name + ": unknown subcommand: " + call.words().getFirst());
                });
    }

    private static Flags common(Flags flags) {
        return flags.text(STATE, "", "the server's state directory")
                .text(OUTPUT, "", "json, json-line or yaml instead of a text for people")
                .alias("o", OUTPUT)
                .bool("force", false, "has no effect: nothing here asks back");
    }

    Flags flags() {
        return call.flags();
    }

    /// The only word that follows, as `name` in the form.
    String word(String name) throws UsageException {
        if (call.words().size() != 1) {
            throw new UsageException("one " + name + " is needed");
        }
        return call.words().getFirst();
    }

    void refuseWords() throws CommandException {
        call.refuseWords();
    }

    /// A flag that must be given.
    String needed(String flag) throws UsageException {
        if (!flags().isGiven(flag)) {
            throw new UsageException("--" + flag + " is needed");
        }
        return flags().text(flag);
    }

    /// Asks the server, or does what can be done without one.
    Tree ask(String verb, Map<String, String> parameters) throws CommandException, UsageException {
        Path state = state();
        Optional<Tree> answer = new AdminClient(state).ask(verb, parameters);
        return answer.isPresent() ? answer.get() : Offline.ask(state, verb, parameters);
    }

    private Path state() throws UsageException {
        String named = inherited(STATE);
        if (named.isEmpty()) {
            throw new UsageException("--state=DIR is needed: the server's state directory");
        }
        return Path.of(named);
    }

    private String inherited(String flag) {
        if (flags().isGiven(flag)) {
            return flags().text(flag);
        }
        return call.above().values().stream()
                .filter(above -> above.has(flag) && above.isGiven(flag))
                .map(above -> above.text(flag))
                .findFirst()
                .orElse("");
    }

    void print(Tree answer, Text text) throws UsageException {
        switch (inherited(OUTPUT)) {
            case "" -> call.print(text.of(answer));
            case "json" -> call.println(JsonTree.indented(answer.value(), "\t"));
            case "json-line" -> call.println(JsonTree.compact(answer.value()));
            case "yaml" -> call.print(Yaml.of(answer.value()));
            default -> throw new UsageException("--output is json, json-line or yaml");
        }
    }
}
