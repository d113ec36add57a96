package dev.remora.sidecar.server;

import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One call of a command that tells a server what to do: whom it asks, and how it prints the answer.
///
/// Flags may stand before and behind other words, `--state` and `--output` also behind `server`.
final class AdminCommand {
    private static final String STATE = "state";
    private static final String OUTPUT = "output";
    private static final String FORCE = "force";

    /// Says where the state is when no flag does, so that scripts need not.
    private static final String STATE_VARIABLE = "REMORA_SERVER_STATE";

    private final Invocation call;
    private final Shape shape;

    private AdminCommand(Invocation call) throws UsageException {
        this.call = call;
        Shape wanted = Shape.named(inherited(OUTPUT));
        if (wanted == null) {
            throw new UsageException("--output is json, json-line or yaml");
        }
        this.shape = wanted;
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
                call -> new AdminCommand(call).run(action));
    }

    /// Whoever wants JSON gets what went wrong in JSON, too.
    private int run(Action action) throws CommandException, UsageException {
        try {
            action.run(this);
            return 0;
        } catch (CommandException e) {
            if (shape == Shape.TEXT) {
                throw e;
            }
            call.warn(shape.write(Map.of("error", e.message())).stripTrailing());
            return 1;
        }
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

    /// What may stand behind every command, and behind `server` itself.
    static Flags common(Flags flags) {
        return flags.text(
                        STATE,
                        "",
                        "the server's state directory; "
                                + STATE_VARIABLE
                                + " says it where no flag does")
                .text(OUTPUT, "", "json, json-line or yaml instead of a text for people")
                .alias("o", OUTPUT)
                .bool(FORCE, false, "do it without asking");
    }

    static String stateByVariable() {
        return System.getenv().getOrDefault(STATE_VARIABLE, "");
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
        Optional<Tree> answer = new AdminClient(state, user()).ask(verb, parameters);
        return answer.isPresent() ? answer.get() : Offline.ask(state, user(), verb, parameters);
    }

    private Path state() throws UsageException {
        String flag = inherited(STATE);
        String named = flag.isEmpty() ? stateByVariable() : flag;
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

    /// Whether the user agrees to what cannot be undone; `--force` does beforehand, and the end of the input does not.
    boolean isConfirmed(String question) throws CommandException {
        if (inherited(FORCE).equals("true")) {
            return true;
        }
        call.world().err().print(question + " [y/n] ");
        call.world().err().flush();
        String answer = line().strip();
        if (answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes")) {
            return true;
        }
        call.warn("\nNothing is changed; --force does it without asking.");
        return false;
    }

    private String line() throws CommandException {
        try {
            StringBuilder line = new StringBuilder();
            for (int c = call.world().in().read();
                    c >= 0 && c != '\n';
                    c = call.world().in().read()) {
                line.append((char) c);
            }
            return line.toString();
        } catch (IOException e) {
            throw new CommandException("the answer cannot be read: " + e.getMessage());
        }
    }

    /// @param answer in the form for scripts, if that is wanted
    void print(Tree answer, Text text) {
        print(answer.value(), text.of(answer));
    }

    /// The same where people and scripts are told something else.
    void print(@Nullable Object answer, String text) {
        call.print(shape == Shape.TEXT ? text : shape.write(answer));
    }

    /// Prints what has one form only.
    void printText(String text) {
        call.print(text);
    }

    void warn(String line) {
        call.warn(line);
    }

    /// Who gives the command, for the audit log.
    private String user() {
        String user = call.world().user();
        String before = System.getenv().getOrDefault("SUDO_USER", "");
        return before.isEmpty() || before.equals(user) ? user : before + " as " + user;
    }

    byte[] input() throws CommandException {
        try {
            return call.world().in().readAllBytes();
        } catch (IOException e) {
            throw new CommandException("the input cannot be read: " + e.getMessage());
        }
    }
}
