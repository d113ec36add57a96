package dev.remora.sidecar.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.server.ServerFlags;
import dev.remora.server.ServerProgram;
import dev.remora.sidecar.cli.Program;
import dev.remora.sidecar.cli.Tree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Commands on one state directory, and servers on it.
record CommandRuns(Path state) {
    /// What a command left behind.
    record Ran(int exit, String out, String err) {
        Tree json() throws Exception {
            return Tree.parse(out.getBytes(UTF_8));
        }
    }

    Ran run(String... words) {
        return answering("", words);
    }

    /// @param typed what the user types when asked
    Ran answering(String typed, String... words) {
        List<String> all = new ArrayList<>(List.of("server", "--state=" + state));
        all.addAll(List.of(words));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit =
                Program.run(
                        "remora",
                        all,
                        List.of(ServerCommand.command()),
                        new ByteArrayInputStream(typed.getBytes(UTF_8)),
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8));
        return new Ran(exit, out.toString(UTF_8), err.toString(UTF_8));
    }

    ServerProgram server(String... words) throws Exception {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "--state=" + state,
                                "--listen=127.0.0.1:0",
                                "--url=https://127.0.0.1",
                                "--stun=off"));
        all.addAll(List.of(words));
        return ServerProgram.start(ServerFlags.parse(all));
    }
}
