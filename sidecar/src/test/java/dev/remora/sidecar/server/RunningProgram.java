package dev.remora.sidecar.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.launch.Launch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Our program as a process of its own, called by the name `remora`.
public final class RunningProgram implements AutoCloseable {
    private static final int LONGEST_LIFE_S = 120;

    private final Process process;
    private final BufferedReader out;

    private RunningProgram(Process process) {
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    public static RunningProgram start(String... words) throws IOException {
        return start(List.of(), words);
    }

    /// @param options for its JVM
    public static RunningProgram start(List<String> options, String... words) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        Launch.class.getName(),
                        "remora"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread.startVirtualThread(() -> killWhenLate(process));
        return new RunningProgram(process);
    }

    /// Whoever reads what it says would wait for ever.
    private static void killWhenLate(Process process) {
        try {
            process.waitFor(LONGEST_LIFE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /// Waits until it says `text`; what it said until then.
    public String awaitSaid(String text) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line; (line = out.readLine()) != null; ) {
            said.append(line).append('\n');
            if (line.contains(text)) {
                return said.toString();
            }
        }
        throw new AssertionError("it ended without saying " + text + ":\n" + said);
    }

    /// Waits for its end; what it said since it was last asked.
    public String awaitEnd(int exit) throws IOException, InterruptedException {
        StringBuilder said = new StringBuilder();
        for (String line; (line = out.readLine()) != null; ) {
            said.append(line).append('\n');
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said.toString()).isEqualTo(exit);
        return said.toString();
    }

    /// SIGTERM.
    public void end() {
        process.toHandle().destroy(); // Process.destroy would close its output, too
    }

    /// Ctrl-C.
    public void interrupt() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
