package dev.remora.sidecar.cli;

import dev.remora.sidecar.life.Daemon;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Where the program starts: as the daemon, or as a command that asks one.
public final class Main {
    private Main() {}

    /// @param further the commands that only this program has; a daemon does not ask for them
    public static void main(String[] args, Supplier<List<Command>> further) {
        daemonIfAsked(args);
        System.exit(run(args, further));
    }

    /// Runs a command, and returns its code.
    public static int run(String[] args, Supplier<List<Command>> further) {
        return new CommandLine(Surroundings.ofThisProcess(args), further.get()).run();
    }

    /// Returns if these words do not ask for the daemon.
    static void daemonIfAsked(String[] args) {
        daemonFlags(List.of(args)).ifPresent(flags -> Daemon.main(flags.toArray(String[]::new)));
    }

    /// If this starts the daemon: its flags, with those that stood before the word `daemon`.
    public static Optional<List<String>> daemonFlags(List<String> words) {
        Flags flags = CommandLine.rootFlags();
        try {
            List<String> rest = flags.parse(words);
            if (rest.isEmpty() || !rest.getFirst().equals("daemon")) {
                return Optional.empty();
            }
            List<String> all = new ArrayList<>(rest.subList(1, rest.size()));
            if (flags.isGiven("socket")) {
                all.addFirst("--socket=" + flags.text("socket"));
            }
            return Optional.of(all);
        } catch (UsageException e) {
            return Optional.empty(); // the command line says what is wrong
        }
    }
}
