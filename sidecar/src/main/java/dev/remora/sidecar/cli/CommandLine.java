package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the command that is meant, runs it, and tells how it ended: code 0, 1 if it failed, 2 for flags that make no sense.
final class CommandLine {
    /// Commands that scripts for the official program may try; each answers that it is not there.
    private static final List<String> ABSENT =
            List.of(
                    "appc-routes",
                    "bugreport",
                    "cert",
                    "completion",
                    "configure",
                    "debug",
                    "dns",
                    "drive",
                    "exit-node",
                    "file",
                    "funnel",
                    "id-token",
                    "licenses",
                    "nc",
                    "routecheck",
                    "service",
                    "ssh",
                    "syspolicy",
                    "systray",
                    "update",
                    "web");

    private final Surroundings world;
    private final Command root;

    CommandLine(Surroundings world) {
        this(world, List.of());
    }

    /// @param further commands that only this program has, in this place
    CommandLine(Surroundings world, List<Command> further) {
        this.world = world;
        this.root = root(further);
    }

    private static Command root(List<Command> further) {
        List<Command> own =
                List.of(
                        UpCommand.up(),
                        DownCommand.command(),
                        SetCommand.command(),
                        GetCommand.command(),
                        UpCommand.login(),
                        LogoutCommand.command(),
                        SwitchCommand.command(),
                        NetcheckCommand.command(),
                        IpCommand.command(),
                        StatusCommand.command(),
                        PingCommand.command(),
                        ServeCommand.command(),
                        VersionCommand.command(),
                        WhoIsCommand.command(),
                        WhoIsCommand.whoAmI(),
                        WaitCommand.command(),
                        MetricsCommand.command(),
                        LockCommand.command(),
                        HealthcheckCommand.command(),
                        Command.of(
                                "daemon",
                                "Run a node of the tailnet in this process",
                                "daemon [flags]",
                                Flags::new,
                                call -> {
                                    throw new IllegalStateException("started before this");
                                }));
        return new Command(
                "",
                "A node of a tailnet in front of one app.",
                List.of("[flags] <subcommand> [command flags]"),
                "What a command takes: add --help behind it.",
                CommandLine::rootFlags,
                Stream.of(own.stream(), further.stream(), ABSENT.stream().map(Command::absent))
                        .flatMap(each -> each)
                        .toList(),
                CommandLine::runWithoutCommand);
    }

    static Flags rootFlags() {
        return new Flags()
                .text("socket", DaemonSocket.now().toString(), "the daemon's Unix socket")
                .bool("version", false, "print the version, as the version command does")
                .alias("V", "version");
    }

    private static List<Path> sockets(Flags flags) {
        String given = flags.isGiven("socket") ? flags.text("socket") : "";
        return given.isEmpty() ? DaemonSocket.places() : List.of(Path.of(given));
    }

    private static int runWithoutCommand(Invocation call) throws UsageException, CommandException {
        if (call.flags().bool("version")) {
            return VersionCommand.print(call);
        }
        if (call.words().isEmpty()) {
            throw UsageException.help();
        }
        throw new CommandException(
                call.world().program() + ": unknown subcommand: " + call.words().getFirst());
    }

    int run() {
        Command command = root;
        Map<String, Flags> above = new HashMap<>();
        try {
            Flags flags = command.flags().get();
            List<String> words = flags.parse(world.words());
            LocalApi daemon = new LocalApi(sockets(flags), world);
            for (Optional<Command> part = part(command, words);
                    part.isPresent();
                    part = part(command, words)) {
                above.put(command.name(), flags);
                command = part.get();
                flags = command.flags().get();
                words = words.subList(1, words.size());
                if (!command.isAbsent()) {
                    words = flags.parse(words);
                }
            }
            return command.action().run(new Invocation(world, daemon, above, flags, words));
        } catch (UsageException e) {
            String message = e.message().isEmpty() ? "" : e.message() + "\n";
            world.err().print(message + command.help(world.program()));
            return e.exit();
        } catch (CommandException e) {
            world.err().print(text(e));
            return 1;
        } finally {
            world.out().flush();
            world.err().flush();
        }
    }

    private static Optional<Command> part(Command command, List<String> words) {
        return words.isEmpty()
                ? Optional.empty()
                : command.parts().stream()
                        .filter(part -> part.isCalled(words.getFirst()))
                        .findFirst();
    }

    private String text(CommandException e) {
        String message = e.message().isEmpty() ? "" : e.message() + "\n";
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof DaemonException.AccessDenied) {
                return message + howToGetAccess();
            }
        }
        return message;
    }

    private String howToGetAccess() {
        String program = world.program();
        String again = program + " " + String.join(" ", world.words());
        return "\nUse 'sudo "
                + again
                + "'.\nTo not require root, use 'sudo "
                + program
                + " set --operator=$USER' once.\n";
    }
}
