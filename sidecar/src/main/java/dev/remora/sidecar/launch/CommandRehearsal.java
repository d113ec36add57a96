package dev.remora.sidecar.launch;

import dev.remora.sidecar.cli.Main;
import java.util.List;

/// Runs commands for a control server while the run-time image is built, so that the JVM can write down what such a command needs: on a state that no server
/// has open they load a database, which is most of what they do.
public final class CommandRehearsal {
    private static final List<String> WITHOUT_A_SERVER =
            List.of("users create rehearsal", "users list", "preauthkeys create --user rehearsal");

    private static final List<String> WITH_A_SERVER = List.of("users list", "nodes list");

    private CommandRehearsal() {}

    /// @param args the word `server`, a new directory, and the state of a server that runs
    public static void main(String[] args) {
        System.setProperty("remora.program", "remora");
        WITHOUT_A_SERVER.forEach(words -> run(args[1], words));
        WITH_A_SERVER.forEach(words -> run(args[2], words));
    }

    private static void run(String state, String words) {
        String[] all = ("server --state=" + state + " " + words).split(" ");
        if (Main.run(all, Launch::furtherCommands) != 0) {
            System.err.println("not rehearsed: " + words);
        }
    }
}
