package dev.remora.lab.docker;

import java.util.ArrayList;
import java.util.List;

/// Which Compose reads a stack's files.
public enum ComposeProgram {
    /// Today's, a plugin of `docker`.
    PLUGIN(List.of("docker", "compose"), "-"),
    /// 1.29, a program of its own, which Debian 12 has.
    ONE(List.of("docker-compose"), "_");

    private final List<String> program;
    private final String separator;

    ComposeProgram(List<String> program, String separator) {
        this.program = program;
        this.separator = separator;
    }

    List<String> command(List<String> words) {
        List<String> command = new ArrayList<>(program);
        command.addAll(words);
        return command;
    }

    /// What it calls the only container of a service.
    String containerName(String project, String service) {
        return String.join(separator, project, service, "1");
    }
}
