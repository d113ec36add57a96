package dev.remora.lab.docker;

import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A container, known by its name: another one may have that name after a while.
public final class DockerContainer {
    private static final Duration SOON = Duration.ofSeconds(45);

    private final DockerEngine engine;
    private final String name;

    DockerContainer(DockerEngine engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    /// What `docker inspect` knows of it.
    public Json inspect() {
        Result result = engine.docker("inspect", "--type", "container", name);
        return Json.parse(result.orThrow().stdout()).each().findFirst().orElseThrow();
    }

    /// The part of [#inspect()] that says whether and since when it runs.
    public Json state() {
        return inspect().at("State");
    }

    /// When it was started last; another start has another time.
    public String startedAt() {
        return state().at("StartedAt").text();
    }

    /// Waits until it runs and was started at another time than this one.
    public void awaitAnotherStart(String before) {
        Await.until(
                name + " to be started again",
                SOON,
                () -> {
                    Json now = state();
                    return now.at("Running").bool() && !now.at("StartedAt").text().equals(before);
                });
    }

    /// Waits until it no longer runs.
    ///
    /// @return its exit code
    public int awaitExit() {
        Await.until(name + " to end", SOON, () -> !state().at("Running").bool());
        return (int) state().at("ExitCode").number();
    }

    /// How often the engine has started it again by itself.
    public int restarts() {
        return (int) inspect().at("RestartCount").number();
    }

    /// Everything it has said, in all its lives.
    public String logs() {
        return engine.docker("logs", name).output();
    }

    /// Runs a program in it.
    public Result exec(String... words) {
        List<String> command = new ArrayList<>(List.of("exec", name));
        command.addAll(List.of(words));
        return engine.docker(command.toArray(String[]::new));
    }

    /// Runs one of docker's commands on it, `restart` or `kill` with its flags.
    public Result docker(String... words) {
        List<String> command = new ArrayList<>(List.of(words));
        command.add(name);
        return engine.docker(command.toArray(String[]::new)).orThrow();
    }

    /// What the node in it says of itself.
    public Json status() {
        return Json.parse(exec("tailscale", "status", "--json").orThrow().stdout());
    }

    /// Waits until the node in it has its place on the tailnet.
    ///
    /// @return what it then says of itself
    public Json awaitRunning() {
        return Await.value(
                "the node in " + name + " to run",
                SOON,
                () ->
                        Optional.of(exec("tailscale", "status", "--json"))
                                .filter(Result::ok)
                                .map(result -> Json.parse(result.stdout()))
                                .filter(json -> json.at("BackendState").text().equals("Running"))
                                .filter(json -> json.at("TailscaleIPs").each().count() > 1));
    }

    /// Waits as [#awaitRunning()] does.
    ///
    /// @return the node's addresses, IPv4 first
    public List<String> awaitAddresses() {
        return awaitRunning().at("TailscaleIPs").each().map(Json::text).toList();
    }

    public void awaitLog(String words) {
        try {
            Await.until(name + " to log \"" + words + '"', SOON, () -> logs().contains(words));
        } catch (LabException e) {
            throw new LabException(e.getMessage() + "\n" + logs(), e);
        }
    }

    /// Waits for what the engine makes of the image's own check.
    public void awaitHealth(String status) {
        Await.until(
                name + " to be " + status,
                SOON,
                () -> state().at("Health").at("Status").text().equals(status));
    }

    @Override
    public String toString() {
        return name;
    }
}
