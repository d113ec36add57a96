package dev.remora.sidecar.boot;

import dev.remora.sidecar.cli.ConfigCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the `config` command asks: the same sources and the same reader as a container's start, and nothing of a daemon.
public final class ConfigInspection implements ConfigCommand.Inspection {
    private final Environment environment;

    /// @param variables the environment that counts beside the file
    public ConfigInspection(Map<String, String> variables) {
        this.environment = Environment.of(variables);
    }

    @Override
    public Outcome check(Optional<Path> named) {
        try {
            ConfigFile file = file(named);
            Map<Setting, FileValue> values = file.read();
            Sources sources = new Sources(environment, values);
            sources.read();
            String subject =
                    file.named() || file.exists()
                            ? file.path() + " and the environment are good"
                            : "there is no " + file.path() + "; the environment is good";
            String notes =
                    Advice.onValues(sources.merged()).stream()
                            .map(note -> "note: " + note + "\n")
                            .collect(Collectors.joining());
            return Outcome.good(subject + "\n" + notes);
        } catch (InvalidSettingsException e) {
            return Outcome.wrong(e.reasons());
        }
    }

    @Override
    public Outcome explain(Optional<Path> named, boolean json) {
        try {
            Sources sources = new Sources(environment, file(named).read());
            Explanation explanation = new Explanation(sources);
            return new Outcome(json ? explanation.json() : explanation.text(), wrongIn(sources));
        } catch (InvalidSettingsException e) {
            return Outcome.wrong(e.reasons());
        }
    }

    @Override
    public String schema() {
        return ConfigSchema.text();
    }

    private ConfigFile file(Optional<Path> named) {
        return named.map(path -> new ConfigFile(path, true))
                .orElseGet(() -> ConfigFile.of(environment));
    }

    /// What makes no sense together is shown all the same, with the reasons after it.
    private static List<String> wrongIn(Sources sources) {
        try {
            sources.read();
            return List.of();
        } catch (InvalidSettingsException e) {
            return e.reasons();
        }
    }
}
