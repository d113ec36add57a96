package dev.remora.lab.docker;

import dev.remora.lab.peers.Programs;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The command `docker`, with Compose as its plugin, as it talks to the lab's engine.
final class DockerCommand {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// What is made once on a machine takes minutes: packages, base images, Compose from its source.
    private static final Duration BUILD_TIME = Duration.ofMinutes(20);

    /// What the Dockerfiles name that the tests build from, in the words of `lab/base-images`.
    private static final List<String> BASES = List.of("debian", "python", "nginx", "official");

    private final Map<String, String> environment;

    private DockerCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /// Starts the engine unless it runs, and makes what is missing for its use.
    ///
    /// @throws LabException in the words of the script that could not do its part
    static DockerCommand prepare() {
        String host = lastLine(script(Map.of(), "lab/docker-engine", "start"));
        Map<String, String> environment = new HashMap<>();
        environment.put("DOCKER_HOST", host.substring(host.indexOf('=') + 1));
        List<String> bases = new ArrayList<>(List.of("lab/base-images"));
        bases.addAll(BASES);
        script(environment, bases.toArray(String[]::new));
        environment.put("DOCKER_CONFIG", lastLine(script(Map.of(), "lab/compose/install.sh")));
        return new DockerCommand(environment);
    }

    private static Result script(Map<String, String> environment, String... words) {
        List<String> command = new ArrayList<>(List.of(words));
        command.set(0, Programs.repository().resolve(words[0]).toString());
        Result result = Shell.run(command, environment, "", BUILD_TIME);
        if (!result.ok()) {
            throw new LabException(result.stderr().strip());
        }
        return result;
    }

    private static String lastLine(Result result) {
        return result.stdout().strip().lines().reduce("", (before, line) -> line);
    }

    /// Ends the engine in an orderly way and starts it again, with all containers that are to come back.
    void restartEngine() {
        script(Map.of(), "lab/docker-engine", "restart");
    }

    Result run(String... words) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(words));
        return run(Map.of(), command);
    }

    /// Runs a program that talks to the engine.
    ///
    /// @param variables added to the environment, for the placeholders in Compose's files
    Result run(Map<String, String> variables, List<String> command) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables);
        return Shell.run(command, all, "", PATIENCE);
    }
}
