package dev.remora.lab.crowd;

import dev.remora.lab.Lab;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Ours.
public final class LoopbackRemora implements LoopbackControl {
    private static final Duration START_TIME = Duration.ofSeconds(60);

    private final Lab lab;
    private final Path state;
    private final List<String> flags;
    private final int port = LoopbackControl.freePort();
    private LabProcess process;

    private LoopbackRemora(Lab lab, Path state, List<String> flags) {
        this.lab = lab;
        this.state = state;
        this.flags = flags;
        this.process = launch();
    }

    /// Starts one and waits until it answers.
    public static LoopbackRemora start(Lab lab) {
        return start(lab, lab.folder().resolve("loopback-remora"));
    }

    /// @param state where it keeps what it knows
    /// @param flags added to its command line
    public static LoopbackRemora start(Lab lab, Path state, String... flags) {
        LoopbackRemora remora = new LoopbackRemora(lab, state, List.of(flags));
        for (String user : List.of("alice", "bob")) {
            remora.cli("users", "create", user).orThrow();
        }
        return remora;
    }

    private LabProcess launch() {
        List<String> command = new ArrayList<>(List.of(Programs.remora(), "server"));
        command.addAll(List.of("--state=" + state, "--listen=127.0.0.1:" + port));
        command.addAll(List.of("--tls=off", "--stun=off"));
        command.addAll(flags);
        LabProcess launched = lab.start("loopback-remora", command);
        launched.awaitReady(START_TIME, "our control server answered", this::answers);
        return launched;
    }

    @Override
    public Result cli(String... arguments) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(Programs.remora(), "server", "--state=" + state));
        command.addAll(List.of(arguments));
        return Shell.run(command.toArray(String[]::new));
    }

    /// The names of all users.
    public List<String> users() {
        return Json.parse(cli("users", "list", "--output=json").orThrow().stdout())
                .each()
                .map(user -> user.at("name").text())
                .toList();
    }

    @Override
    public String label() {
        return "Remora";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public LabProcess process() {
        return process;
    }

    @Override
    public String authKey(String user) {
        return cli("preauthkeys", "create", "--user", user, "--reusable")
                .orThrow()
                .stdout()
                .strip();
    }

    @Override
    public void policy(String hujson) {
        try {
            Path file = Files.writeString(lab.folder().resolve("loopback.hujson"), hujson);
            cli("policy", "set", "--file=" + file).orThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void start() {
        process = launch();
    }
}
