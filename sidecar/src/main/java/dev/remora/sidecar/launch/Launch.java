package dev.remora.sidecar.launch;

import dev.remora.sidecar.boot.Boot;
import dev.remora.sidecar.boot.ConfigInspection;
import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.ConfigCommand;
import dev.remora.sidecar.cli.Main;
import dev.remora.sidecar.demo.DemoCommand;
import dev.remora.sidecar.life.MemoryContract;
import dev.remora.sidecar.server.RelayCommand;
import dev.remora.sidecar.server.ServerCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Starts what the name stands for that the program was called by.
///
///     containerboot    the program of a container, which needs no arguments
///     tailscaled       the daemon
///     any other        the command line
///
/// In a container the launchers are files of one line, `#!…/java @…/command.args`: the kernel hands the file's path to the JVM, so that no shell is needed to
/// start us, and the JVM is the process that was started. Such a file stands for the JVM's flags as well, those of a daemon or those of a command; the command
/// line, when it is asked for a daemon or a server, becomes the launcher that `remora.launcher.daemon` or `remora.launcher.server` names. Where memory is limited, the daemon starts once more with
/// the flags in the file that `remora.launcher.flags` names and what suits the limit: a JVM that runs has its heap and its compilers already.
public final class Launch {
    private static final String BOOT = "containerboot";

    /// Set in a container, for commands.
    private static final String DAEMON_LAUNCHER = "remora.launcher.daemon";

    private Launch() {}

    /// @param args the path or name the program was called by, then its own arguments
    public static void main(String[] args) throws IOException {
        String program = program(args[0]);
        List<String> words = List.of(args).subList(1, args.length);
        System.setProperty("remora.program", program);
        startAgainIfMemoryIsLimited(args);
        if (program.equals(BOOT)) {
            Boot.main();
        } else {
            Main.main(words(program, words).toArray(String[]::new), Launch::furtherCommands);
        }
    }

    static List<Command> furtherCommands() {
        return List.of(
                ConfigCommand.command(new ConfigInspection(System.getenv())),
                ServerCommand.command(),
                RelayCommand.command(),
                DemoCommand.command());
    }

    private static void startAgainIfMemoryIsLimited(String[] args) throws IOException {
        String file = System.getProperty("remora.launcher.flags");
        List<String> suiting = file == null ? List.of() : MemoryContract.flags();
        if (!suiting.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("@" + file));
            words.addAll(suiting);
            words.add(Launch.class.getName());
            words.addAll(List.of(args));
            Exec.become(System.getProperty("java.home") + "/bin/java", words);
        }
    }

    /// The name without its folder.
    static String program(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.equals("run.sh") ? BOOT : name; // as very old stacks call it
    }

    /// What these words come to on the command line of `remora`.
    static List<String> words(String program, List<String> words) throws IOException {
        if (program.equals("tailscaled")) {
            List<String> daemon = new ArrayList<>(words);
            daemon.addFirst("daemon");
            return daemon;
        }
        Optional<List<String>> daemon = Main.daemonFlags(words);
        if (daemon.isPresent()) {
            leaveTo("daemon", daemon.get());
        } else if (isServer(words)) {
            leaveTo("server", words);
        } else if (System.getProperty(DAEMON_LAUNCHER) != null) {
            Expendable.become();
        }
        return words;
    }

    /// Whether this lives long and serves others. `server users list` and its like are gone in a moment.
    static boolean isServer(List<String> words) {
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case "relay", "demo" -> true;
            case "server" -> words.stream().anyMatch(word -> word.matches("--?listen(=.*)?"));
            default -> false;
        };
    }

    /// Has a JVM run these words whose flags suit the role, if there is a launcher for it: this one has a command's.
    private static void leaveTo(String role, List<String> words) throws IOException {
        String launcher = System.getProperty("remora.launcher." + role);
        if (launcher != null) {
            Exec.become(launcher, words);
        }
    }
}
