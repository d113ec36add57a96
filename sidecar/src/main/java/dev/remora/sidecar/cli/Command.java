package dev.remora.sidecar.cli;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// One command of the command line: how it is called, what help says about it, and what it does.
///
/// @param aliases other names that do the same
/// @param summary one line, also shown in the list of commands
/// @param forms how it is called, the program's name left out
/// @param details further paragraphs of its help
/// @param flags makes a fresh set of its flags
/// @param parts its own commands, such as `status` of `serve`
public record Command(
        String name,
        List<String> aliases,
        String summary,
        List<String> forms,
        String details,
        Supplier<Flags> flags,
        List<Command> parts,
        Action action) {
    public Command(
            String name,
            String summary,
            List<String> forms,
            String details,
            Supplier<Flags> flags,
            List<Command> parts,
            Action action) {
        this(name, List.of(), summary, forms, details, flags, parts, action);
    }

    /// What a command does; its value is the exit code.
    public interface Action {
        int run(Invocation call) throws CommandException, UsageException;
    }

    /// One call of a command.
    ///
    /// @param above the flags of the commands that this is a part of, by their names
    /// @param words what follows the flags
    public record Invocation(
            Surroundings world,
            LocalApi daemon,
            Map<String, Flags> above,
            Flags flags,
            List<String> words) {
        public void print(String text) {
            world.out().print(text);
            world.out().flush();
        }

        public void println(String line) {
            print(line + "\n");
        }

        public void warn(String line) {
            world.err().print(line + "\n");
            world.err().flush();
        }

        /// Fails if words follow the flags.
        public void refuseWords() throws CommandException {
            refuse(words);
        }
    }

    /// Fails if there are any of these words, for which there is no place.
    static void refuse(List<String> words) throws CommandException {
        if (!words.isEmpty()) {
            throw new CommandException("too many non-flag arguments: " + GoText.quoted(words));
        }
    }

    /// Fails if a word follows that is none of this command's parts.
    ///
    /// @param name of this command
    static void refuseUnknownPart(Invocation call, String name) throws CommandException {
        if (!call.words().isEmpty()) {
            throw new CommandException(
                    "%s %s: unknown subcommand: %s"
                            .formatted(call.world().program(), name, call.words().getFirst()));
        }
    }

    public static Command of(
            String name, String summary, String form, Supplier<Flags> flags, Action action) {
        return new Command(name, summary, List.of(form), "", flags, List.of(), action);
    }

    public Command withDetails(String text) {
        return new Command(name, aliases, summary, forms, text, flags, parts, action);
    }

    public Command withAliases(String... others) {
        return new Command(name, List.of(others), summary, forms, details, flags, parts, action);
    }

    boolean isCalled(String word) {
        return name.equals(word) || aliases.contains(word);
    }

    /// A command of the official program that this one does not have.
    static Command absent(String name) {
        return absent(
                name,
                call -> {
                    throw new CommandException(
                            "'"
                                    + call.world().program()
                                    + " "
                                    + name
                                    + "' is not part of Remora yet");
                });
    }

    /// The same for a part of a command that is there.
    static Command absentPart(String command, String part) {
        Command whole = absent(command + " " + part);
        return new Command(part, "", whole.forms, "", whole.flags, List.of(), whole.action);
    }

    /// A command of another program that this one does not have, with a sentence that says why or what is there instead.
    public static Command absent(String name, String sentence) {
        return absent(
                name,
                call -> {
                    throw new CommandException(sentence);
                });
    }

    private static Command absent(String name, Action action) {
        return new Command(name, "", List.of(name), "", Flags::new, List.of(), action);
    }

    /// An absent command takes whatever stands behind it, since it says the same to everything.
    boolean isAbsent() {
        return summary.isEmpty();
    }

    /// What `--help` prints.
    String help(String program) {
        StringBuilder out = new StringBuilder(summary).append("\n\nUSAGE\n");
        forms.forEach(
                form -> out.append("  ").append(program).append(' ').append(form).append('\n'));
        if (!aliases.isEmpty()) {
            out.append("\nALIASES\n  ").append(String.join(", ", aliases)).append('\n');
        }
        if (!details.isEmpty()) {
            out.append('\n').append(details.strip()).append('\n');
        }
        List<Command> listed = parts.stream().filter(part -> !part.isAbsent()).toList();
        if (!listed.isEmpty()) {
            out.append("\nSUBCOMMANDS\n");
            int width = listed.stream().mapToInt(part -> part.name.length()).max().orElse(0);
            listed.forEach(part ->
                    out.append("  ")
                            .append(GoText.pad(part.name, width))
                            .append("  ")
                            .append(part.summary)
                            .append('\n'));
        }
        appendFlags(out);
        return out.toString();
    }

    private void appendFlags(StringBuilder out) {
        String title = "\nFLAGS\n";
        Flags fresh = flags.get();
        for (Flags.Flag flag : fresh.all()) {
            out.append(title).append("  ").append(fresh.letterOf(flag));
            out.append("--").append(flag.name());
            title = "";
            out.append(flag.isBoolean() ? ", --" + flag.name() + "=false" : " value");
            out.append("\n    \t").append(flag.help());
            if (!flag.shownDefault().isEmpty()) {
                out.append(" (default ").append(flag.shownDefault()).append(')');
            }
            out.append('\n');
        }
    }
}
