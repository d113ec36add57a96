package dev.remora.lab.docker;

import dev.remora.lab.run.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One project of Docker Compose: what a user has in a folder.
public final class ComposeStack {
    private final DockerEngine engine;
    private final String project;
    private final ComposeFiles files;
    private final ComposeProgram program;

    ComposeStack(DockerEngine engine, String project, ComposeFiles files, ComposeProgram program) {
        this.engine = engine;
        this.project = project;
        this.files = files;
        this.program = program;
    }

    /// Where its files are.
    public Path folder() {
        return engine.folder(project);
    }

    /// Writes one of its files anew.
    public void write(String path, String text) {
        ComposeFiles.write(folder().resolve(path), text);
    }

    /// Runs Compose with these words.
    public Result compose(String... words) {
        List<String> command = new ArrayList<>(List.of("--project-name", project));
        for (String file : files.names()) {
            command.addAll(List.of("--file", folder().resolve(file).toString()));
        }
        command.addAll(List.of(words));
        return engine.command().run(files.variables(), program.command(command));
    }

    /// `docker compose up --detach`, for all services or some.
    public void up(String... services) {
        compose(concat("up --detach", services)).orThrow();
    }

    /// `docker compose down`, with these flags.
    public void down(String... flags) {
        compose(concat("down", flags)).orThrow();
    }

    private static String[] concat(String words, String... more) {
        List<String> all = new ArrayList<>(List.of(words.split(" ")));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /// The only container of this service.
    public DockerContainer container(String service) {
        return new DockerContainer(engine, program.containerName(project, service));
    }

    @Override
    public String toString() {
        return project;
    }
}
