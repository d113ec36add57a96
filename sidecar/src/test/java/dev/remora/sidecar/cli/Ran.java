package dev.remora.sidecar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Our command line, run in this JVM on a machine where waiting takes no time.
record Ran(String stdout, String stderr, int exit) {
    /// A machine without names, at one moment.
    record StillMachine(Instant now, Optional<DaemonProcess> daemonProcess) implements Machine {
        @Override
        public void pause(Duration span) {}

        @Override
        public void exitOnInterrupt() {}

        @Override
        public Optional<String> resolve(String name) {
            return Optional.empty();
        }
    }

    static Ran tailscale(Path socket, List<String> words) {
        return tailscale(socket, words, new StillMachine(Instant.EPOCH, Optional.empty()));
    }

    /// Runs it under the name `tailscale`, so that what it prints can be compared.
    static Ran tailscale(Path socket, List<String> words, Machine machine) {
        List<String> all = new ArrayList<>();
        all.add("--socket=" + socket);
        all.addAll(words);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings world =
                new Surroundings(
                        "tailscale",
                        all,
                        "root",
                        InputStream.nullInputStream(),
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        false,
                        machine);
        int exit = new CommandLine(world).run();
        return new Ran(out.toString(UTF_8), err.toString(UTF_8), exit);
    }
}
