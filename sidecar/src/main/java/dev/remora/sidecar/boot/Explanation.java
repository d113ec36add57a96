package dev.remora.sidecar.boot;

import dev.remora.sidecar.cli.UpFlags;
import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.oauth.SecretFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Every setting as it counts, and where it comes from.
final class Explanation {
    private static final String MASK = "(secret)";

    private final Sources sources;

    Explanation(Sources sources) {
        this.sources = sources;
    }

    /// For people: one line a setting.
    String text() {
        StringBuilder out = new StringBuilder();
        for (Setting setting : Setting.values()) {
            out.append("%-18s %-28s %s%n".formatted(setting.key(), shown(setting), why(setting)));
        }
        return out.toString();
    }

    private String shown(Setting setting) {
        String value = value(setting);
        return value.isEmpty() ? "-" : value;
    }

    private String why(Setting setting) {
        String origin =
                switch (sources.origin(setting)) {
                    case Sources.Origin.Default() -> "default";
                    case Sources.Origin.Variable(String name) -> name;
                    case Sources.Origin.InFile(FileValue.Place place) -> place.toString();
                };
        return sources.overruled(setting)
                .map(place -> origin + ", not " + place + ": the environment goes first")
                .orElse(origin);
    }

    /// A path to a secret is none.
    private String value(Setting setting) {
        String value = sources.value(setting);
        if (setting == Setting.UP_WORDS) {
            return UpFlags.withoutSecrets(value, sources.merged().words(setting.variable()));
        }
        return setting.isSecret() && !value.isEmpty() && !SecretFile.isNamedBy(value)
                ? MASK
                : value;
    }

    /// For programs: the same as JSON.
    String json() {
        List<Object> all = new ArrayList<>();
        Arrays.stream(Setting.values()).map(this::member).forEach(all::add);
        return JsonTree.indented(Map.of("settings", all), "  ") + "\n";
    }

    private Map<String, Object> member(Setting setting) {
        Map<String, Object> member = new LinkedHashMap<>();
        member.put("key", setting.key());
        member.put("variable", setting.variable());
        member.put("value", value(setting));
        switch (sources.origin(setting)) {
            case Sources.Origin.Default() -> member.put("source", "default");
            case Sources.Origin.Variable(String ignored) -> member.put("source", "variable");
            case Sources.Origin.InFile(FileValue.Place place) -> {
                member.put("source", "file");
                member.put("file", place.file());
                member.put("line", place.line());
                member.put("column", place.column());
            }
        }
        sources.overruled(setting).ifPresent(place -> member.put("overruled", place.toString()));
        return member;
    }
}
