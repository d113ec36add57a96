package dev.remora.lab.docker;

import dev.remora.lab.run.LabException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What this machine has of an engine; found out, and made, once in a JVM.
final class Machine {
    static final Optional<DockerCommand> COMMAND;

    /// Why there is none; empty if there is one.
    static final String OBSTACLE;

    /// The images that this JVM has built, by their ids.
    static final Map<DockerImage, String> IMAGES = new ConcurrentHashMap<>();

    static {
        Optional<DockerCommand> command = Optional.empty();
        String obstacle = "";
        try {
            command = Optional.of(DockerCommand.prepare());
        } catch (LabException e) {
            obstacle = "there is no Docker engine: " + e.getMessage();
        }
        COMMAND = command;
        OBSTACLE = obstacle;
    }

    private Machine() {}
}
