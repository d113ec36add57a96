package dev.remora.sidecar.boot;

import dev.remora.sidecar.boot.FileValue.Place;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;

/// Where settings come from: the environment, and a configuration file for what the environment leaves open.
///
/// @param environment as this process was given it
/// @param file what the configuration file says
record Sources(Environment environment, Map<Setting, FileValue> file) {
    /// What the key's variable was called once.
    private static final String OTHER_KEY = "TS_AUTH_KEY";

    Sources {
        file = Map.copyOf(file);
    }

    /// Where a setting's value is from.
    sealed interface Origin {
        /// Nobody has set it.
        record Default() implements Origin {}

        record Variable(String name) implements Origin {}

        record InFile(Place place) implements Origin {}
    }

    /// @throws InvalidSettingsException with everything that is wrong, and where it stands
    BootSettings read() throws InvalidSettingsException {
        try {
            return SettingsReader.read(merged());
        } catch (InvalidSettingsException e) {
            throw new InvalidSettingsException(e.reasons().stream().map(this::withPlaces).toList());
        }
    }

    /// The environment as it would be if all were said there.
    Environment merged() {
        if (file.isEmpty()) {
            return environment;
        }
        Map<String, String> variables = new HashMap<>(environment.variables());
        inUse().forEach((setting, value) -> variables.put(setting.variable(), value.text()));
        return new Environment(Map.copyOf(variables), environment.quoted());
    }

    /// What of the file counts.
    private Map<Setting, FileValue> inUse() {
        Map<Setting, FileValue> used = new EnumMap<>(Setting.class);
        file.forEach((setting, value) -> {
            if (!setting.isLeftTo(environment)) {
                used.put(setting, value);
            }
        });
        return used;
    }

    /// What the file says of this and does not count, since the environment says something else.
    Optional<Place> overruled(Setting setting) {
        return setting.isLeftTo(environment)
                ? Optional.ofNullable(file.get(setting)).map(FileValue::place)
                : Optional.empty();
    }

    Origin origin(Setting setting) {
        FileValue value = inUse().get(setting);
        if (value != null) {
            return new Origin.InFile(value.place());
        }
        if (environment.isGiven(setting.variable())
                && (setting != Setting.ACCEPT_DNS || flagValue(setting).isEmpty())) {
            return new Origin.Variable(setting.variable());
        }
        if (setting == Setting.AUTH_KEY && environment.isGiven(OTHER_KEY)) {
            return new Origin.Variable(OTHER_KEY);
        }
        return flagValue(setting).isPresent() ? origin(Setting.UP_WORDS) : new Origin.Default();
    }

    /// What counts, secrets included.
    String value(Setting setting) {
        Environment all = merged();
        String value =
                switch (origin(setting)) {
                    case Origin.Default() -> setting.otherwise();
                    case Origin.Variable(String name) ->
                            name.equals(setting.variable()) || name.equals(OTHER_KEY)
                                    ? all.text(name)
                                    : flagValue(setting).orElse("");
                    case Origin.InFile(Place _) ->
                            all.get(setting.variable()).or(() -> flagValue(setting)).orElse("");
                };
        return setting.kind() == SettingKind.SWITCH
                ? Environment.booleanOf(value).map(String::valueOf).orElse(setting.otherwise())
                : value;
    }

    /// What a word for `up` says of it.
    private Optional<String> flagValue(Setting setting) {
        List<String> words = merged().words(Setting.UP_WORDS.variable());
        return setting == Setting.ACCEPT_DNS
                ? ExtraWords.of(words).acceptDns().map(String::valueOf)
                : setting.flag().flatMap(flag -> ExtraWords.value(words, flag));
    }

    /// These sources with another file, of which only what may change at run time is taken.
    Sources withLive(Map<Setting, FileValue> next) {
        Map<Setting, FileValue> mixed = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            FileValue value = (setting.isLive() ? next : file).get(setting);
            if (value != null) {
                mixed.put(setting, value);
            }
        }
        return new Sources(environment, mixed);
    }

    /// Settings whose value is another one with `next`, though not those that only stand in another line.
    List<Setting> changed(Sources next) {
        Environment now = merged();
        Environment then = next.merged();
        return List.of(Setting.values()).stream()
                .filter(each ->
                        !now.getWithEmpty(each.variable())
                                .equals(then.getWithEmpty(each.variable())))
                .toList();
    }

    /// Whoever wrote a file knows its keys and its lines, not the variables that say the same.
    private String withPlaces(String reason) {
        String named = reason;
        for (Map.Entry<Setting, FileValue> each : inUse().entrySet()) {
            String key = each.getKey().key() + " (" + each.getValue().place() + ")";
            named =
                    named.replaceAll(
                            "\\b" + each.getKey().variable() + "\\b",
                            Matcher.quoteReplacement(key));
        }
        return named;
    }
}
