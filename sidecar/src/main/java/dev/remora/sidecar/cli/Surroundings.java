package dev.remora.sidecar.cli;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// Who called a command, how, and where it reads and writes.
///
/// @param program the name it was called by, `remora` or `tailscale`
/// @param words everything that followed the name
/// @param user the user's login name, or empty
/// @param isInteractive somebody sits in front of both `in` and `out`
public record Surroundings(
        String program,
        List<String> words,
        String user,
        InputStream in,
        PrintStream out,
        PrintStream err,
        boolean isInteractive,
        Machine machine) {

    /// Those of this process. The launcher says by which name it was called.
    @SuppressWarnings("SystemConsoleNull") // the JDK says that it may be null
    static Surroundings ofThisProcess(String[] args) {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        return new Surroundings(
                System.getProperty("remora.program", "remora"),
                List.of(args),
                System.getProperty("user.name", ""),
                System.in,
                utf8(FileDescriptor.out),
                utf8(FileDescriptor.err),
                terminal,
                Machine.THIS);
    }

    /// The daemon's answers are UTF-8, whatever the locale says.
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(
                new BufferedOutputStream(new FileOutputStream(descriptor)),
                false,
                StandardCharsets.UTF_8);
    }

    void pause(Duration span) throws CommandException {
        try {
            machine.pause(span);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted");
        }
    }
}
