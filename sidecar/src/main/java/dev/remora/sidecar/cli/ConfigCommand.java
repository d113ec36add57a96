package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// `config`: what a configuration file says, and whether it makes sense, without a daemon.
public final class ConfigCommand {
    private static final String FILE =
            "FILE is the one that a container would read, if none is given: REMORA_CONFIG, or /etc/remora/remora.yaml.\n";

    private ConfigCommand() {}

    /// Who knows what a container reads.
    public interface Inspection {
        /// What came out of it.
        ///
        /// @param text for standard output
        /// @param wrong in sentences; empty if all is well
        record Outcome(String text, List<String> wrong) {
            public static Outcome good(String text) {
                return new Outcome(text, List.of());
            }

            public static Outcome wrong(List<String> sentences) {
                return new Outcome("", sentences);
            }
        }

        /// @param file empty: the one that a container would read
        Outcome check(Optional<Path> file);

        /// @param file empty: the one that a container would read
        Outcome explain(Optional<Path> file, boolean json);

        /// The JSON Schema of such a file.
        String schema();
    }

    public static Command command(Inspection inspection) {
        Command check =
                Command.of(
                                "check",
                                "Tell whether a configuration makes sense, by exit code",
                                "config check [FILE]",
                                Flags::new,
                                call -> finish(call, inspection.check(file(call))))
                        .withDetails(
                                "Everything that is wrong is printed, with line and column.\n"
                                        + FILE);
        Command explain =
                Command.of(
                                "explain",
                                "Show every setting, and where it comes from",
                                "config explain [--json] [FILE]",
                                () -> new Flags().bool("json", false, "output in JSON format"),
                                call ->
                                        finish(
                                                call,
                                                inspection.explain(
                                                        file(call), call.flags().bool("json"))))
                        .withDetails("Keys and tokens are not shown.\n" + FILE);
        Command schema =
                Command.of(
                        "schema",
                        "Print the JSON Schema of a configuration file",
                        "config schema",
                        Flags::new,
                        call -> {
                            call.refuseWords();
                            call.print(inspection.schema());
                            return 0;
                        });
        return new Command(
                "config",
                "Check and explain what a container is told",
                List.of("config <subcommand> [flags] [FILE]"),
                "",
                Flags::new,
                List.of(check, explain, schema),
                call -> {
                    if (call.words().isEmpty()) {
                        throw UsageException.help();
                    }
                    throw new CommandException(
                            "config: unknown subcommand: " + call.words().getFirst());
                });
    }

    private static Optional<Path> file(Invocation call) throws CommandException {
        if (call.words().size() > 1) {
            throw new CommandException("config: one file at a time");
        }
        return call.words().stream().findFirst().map(Path::of);
    }

    private static int finish(Invocation call, Inspection.Outcome outcome) {
        call.print(outcome.text());
        outcome.wrong().forEach(call::warn);
        return outcome.wrong().isEmpty() ? 0 : 1;
    }
}
