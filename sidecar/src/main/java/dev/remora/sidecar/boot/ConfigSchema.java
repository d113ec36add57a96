package dev.remora.sidecar.boot;

import dev.remora.sidecar.config.JsonTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The JSON Schema (draft 2020-12) of a configuration file, for editors and for whoever checks files elsewhere; made of the table of settings, as is everything else.
final class ConfigSchema {
    private ConfigSchema() {}

    static String text() {
        return JsonTree.indented(root(), "  ") + "\n";
    }

    private static Map<String, Object> root() {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            int dot = setting.key().indexOf('.');
            if (dot < 0) {
                keys.put(setting.key(), schema(setting));
            } else {
                keys.putIfAbsent(
                        setting.key().substring(0, dot),
                        group(setting.key().substring(0, dot + 1)));
            }
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "remora.yaml");
        root.putAll(object(keys));
        return root;
    }

    private static Map<String, Object> group(String path) {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (Setting setting : Setting.values()) {
            if (setting.key().startsWith(path)) {
                keys.put(setting.key().substring(path.length()), schema(setting));
            }
        }
        return object(keys);
    }

    private static Map<String, Object> object(Map<String, Object> keys) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", List.of("object", "null"));
        object.put("additionalProperties", false);
        object.put("properties", keys);
        return object;
    }

    private static Map<String, Object> schema(Setting setting) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", setting.description() + " (" + setting.variable() + ")");
        if (!setting.otherwise().isEmpty()) {
            schema.put("default", otherwise(setting));
        }
        schema.putAll(setting.kind().schema());
        return schema;
    }

    private static Object otherwise(Setting setting) {
        return setting.kind() == SettingKind.SWITCH
                ? (Object) Boolean.valueOf(setting.otherwise())
                : setting.otherwise();
    }
}
