package dev.remora.sidecar.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;

/// The command line as a part of another program.
public final class Program {
    private Program() {}

    /// Runs one command, as if a user who sits nowhere had called it.
    ///
    /// @param program the name it goes by in what it says
    /// @return its exit code
    public static int run(String program, List<String> words, PrintStream out, PrintStream err) {
        return run(program, words, List.of(), out, err);
    }

    /// The same with commands that only this program has.
    public static int run(
            String program,
            List<String> words,
            List<Command> further,
            PrintStream out,
            PrintStream err) {
        return run(program, words, further, InputStream.nullInputStream(), out, err);
    }

    /// The same for a user who may be asked.
    ///
    /// @param in what the user answers
    public static int run(
            String program,
            List<String> words,
            List<Command> further,
            InputStream in,
            PrintStream out,
            PrintStream err) {
        return new CommandLine(
                        new Surroundings(program, words, "", in, out, err, false, Machine.THIS),
                        further)
                .run();
    }
}
