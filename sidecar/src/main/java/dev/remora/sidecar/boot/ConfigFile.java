package dev.remora.sidecar.boot;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `remora.yaml`: everything that the environment can say, in a file. It is there if `REMORA_CONFIG` names it, or under `/etc/remora`; without one, nothing of what reads YAML is loaded.
///
/// @param named whether somebody asked for this very file, so that it has to be there
record ConfigFile(Path path, boolean named) {
    static final String VARIABLE = "REMORA_CONFIG";
    private static final int MAX_BYTES = 4 * YamlTree.MAX_CHARS;
    private static final String USUAL = "etc/remora/remora.yaml";

    static ConfigFile of(Environment environment) {
        Path root = Path.of(environment.get("TS_TEST_ONLY_ROOT").orElse("/"));
        return environment
                .get(VARIABLE)
                .map(path -> new ConfigFile(Path.of(path), true))
                .orElseGet(() -> new ConfigFile(root.resolve(USUAL), false));
    }

    boolean exists() {
        return Files.exists(path);
    }

    /// What it says; nothing if there is no file and nobody asked for one.
    ///
    /// @throws InvalidSettingsException with everything that is wrong with it
    Map<Setting, FileValue> read() throws InvalidSettingsException {
        return named || exists() ? YamlSettings.read(path.toString(), text()) : Map.of();
    }

    /// @throws InvalidSettingsException if it cannot be read
    String text() throws InvalidSettingsException {
        try {
            return SettingsText.of(path, MAX_BYTES);
        } catch (SettingsText.UnreadableException e) {
            throw new InvalidSettingsException(List.of(path + " " + e.why()));
        }
    }

    /// The text as it is now, for whoever looks again and again; empty if it cannot be read.
    Optional<String> look() {
        try {
            return Optional.of(text());
        } catch (InvalidSettingsException e) {
            return Optional.empty();
        }
    }
}
