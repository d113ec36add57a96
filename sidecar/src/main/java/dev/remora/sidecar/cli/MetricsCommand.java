package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// `metrics`: the daemon's counters in Prometheus' text format, printed or put into a file for a collector.
final class MetricsCommand {
    private static final String READABLE_BY_ALL = "rw-r--r--";

    private MetricsCommand() {}

    static Command command() {
        List<Command> parts =
                List.of(
                        Command.of(
                                "print",
                                "Print the metrics",
                                "metrics print",
                                Flags::new,
                                MetricsCommand::print),
                        Command.of(
                                "write",
                                "Write the metrics to a file",
                                "metrics write <path>",
                                Flags::new,
                                MetricsCommand::write));
        return new Command(
                "metrics",
                "Show the node's metrics",
                List.of("metrics [print]", "metrics write <path>"),
                "",
                Flags::new,
                parts,
                call -> {
                    Command.refuseUnknownPart(call, "metrics");
                    return print(call);
                });
    }

    private static int print(Invocation call) throws CommandException {
        call.print(call.daemon().text("usermetrics"));
        return 0;
    }

    private static int write(Invocation call) throws CommandException {
        if (call.words().size() != 1) {
            throw new CommandException(
                    "usage: " + call.world().program() + " metrics write <path>");
        }
        Path file = Path.of(call.words().getFirst()).toAbsolutePath();
        String text = call.daemon().text("usermetrics");
        try {
            replace(file, text);
        } catch (NoSuchFileException e) {
            throw new CommandException("open " + file + ": no such file or directory");
        } catch (IOException e) {
            throw new CommandException(file + " cannot be written: " + e.getMessage());
        }
        return 0;
    }

    /// A collector never reads half of it.
    private static void replace(Path file, String text) throws IOException {
        Path aside = Files.createTempFile(file.getParent(), file.getFileName() + ".", ".tmp");
        try {
            Files.writeString(aside, text);
            Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString(READABLE_BY_ALL));
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
