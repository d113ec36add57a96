package dev.remora.sidecar.boot;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows a configuration file while the container runs. A text counts when two looks have found the same, since one that is half written may make sense, too; one that makes no sense changes nothing.
final class LiveFile {
    private static final Logger LOG = LoggerFactory.getLogger(LiveFile.class);

    private final ConfigFile file;
    private Sources sources;
    private Optional<String> seen;
    private Optional<String> judged;

    /// What is different now.
    ///
    /// @param settings all of them, with those as they were that wait for the next start
    record Change(BootSettings settings, List<Setting> changed) {
        boolean has(Setting setting) {
            return changed.contains(setting);
        }
    }

    private LiveFile(ConfigFile file, Sources sources, Optional<String> text) {
        this.file = file;
        this.sources = sources;
        this.seen = text;
        this.judged = text;
    }

    /// Reads the file that the environment names, if there is one.
    ///
    /// @throws InvalidSettingsException with everything that is wrong with it
    static LiveFile open(Environment environment) throws InvalidSettingsException {
        ConfigFile file = ConfigFile.of(environment);
        if (!file.named() && !file.exists()) {
            return new LiveFile(file, new Sources(environment, Map.of()), Optional.empty());
        }
        String text = file.text();
        Map<Setting, FileValue> values = YamlSettings.read(file.path().toString(), text);
        Sources sources = new Sources(named(environment, file), values);
        return new LiveFile(file, sources, Optional.of(text));
    }

    /// Whoever asks the environment which files this program has to read later on hears of this one, too.
    private static Environment named(Environment environment, ConfigFile file) {
        Map<String, String> variables = new HashMap<>(environment.variables());
        variables.put(ConfigFile.VARIABLE, file.path().toString());
        return new Environment(Map.copyOf(variables), environment.quoted());
    }

    Sources sources() {
        return sources;
    }

    /// Called again and again.
    Optional<Change> look() {
        Optional<String> now = file.look();
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(judged)) {
            return Optional.empty();
        }
        judged = now;
        if (now.isEmpty() || now.get().isBlank()) {
            LOG.error("{} is gone, empty or unreadable; what it said before stays", file.path());
            return Optional.empty();
        }
        try {
            return change(YamlSettings.read(file.path().toString(), now.get()));
        } catch (InvalidSettingsException e) {
            LOG.error(
                    "{} is not taken, what it said before stays: {}",
                    file.path(),
                    String.join("; ", e.reasons()));
            return Optional.empty();
        }
    }

    private Optional<Change> change(Map<Setting, FileValue> values)
            throws InvalidSettingsException {
        Sources whole = new Sources(sources.environment(), values);
        whole.read(); // what the next start would say
        Sources now = sources.withLive(values);
        BootSettings settings = now.read();
        List<Setting> changed = sources.changed(now);
        List<Setting> waiting = now.changed(whole);
        sources = now;
        if (!waiting.isEmpty()) {
            LOG.warn("{}: needs a restart to take effect: {}", file.path(), keys(waiting));
        }
        if (changed.isEmpty()) {
            LOG.debug("{}: nothing to take over", file.path());
            return Optional.empty();
        }
        LOG.info("{}: taken over: {}", file.path(), keys(changed));
        return Optional.of(new Change(settings, changed));
    }

    private static String keys(List<Setting> settings) {
        return settings.stream().map(Setting::key).collect(Collectors.joining(", "));
    }
}
