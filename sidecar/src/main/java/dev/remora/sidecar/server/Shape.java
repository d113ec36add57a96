package dev.remora.sidecar.server;

import dev.remora.sidecar.config.JsonTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The forms in which scripts get answers. The server answers with every member; headscale's JSON leaves out what is empty, and its YAML has all members, their
/// names without underscores. Scripts that were written for it rely on both.
enum Shape {
    TEXT(""),
    JSON("json"),
    JSON_LINE("json-line"),
    YAML("yaml");

    private final String flag;

    Shape(String flag) {
        this.flag = flag;
    }

    /// @return nothing for a form that there is not
    static @Nullable Shape named(String flag) {
        for (Shape shape : values()) {
            if (shape.flag.equals(flag)) {
                return shape;
            }
        }
        return null;
    }

    /// With the end of its last line.
    String write(@Nullable Object answer) {
        return switch (this) {
            case TEXT -> throw new IllegalStateException("a text is each command's own");
            case JSON -> JsonTree.indented(withoutEmpty(answer), "\t") + "\n";
            case JSON_LINE -> JsonTree.compact(withoutEmpty(answer)) + "\n";
            case YAML -> Yaml.of(withoutUnderscores(answer));
        };
    }

    private static @Nullable Object withoutEmpty(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> full = new LinkedHashMap<>();
                map.forEach((name, member) -> {
                    if (!isEmpty(member)) {
                        full.put(String.valueOf(name), withoutEmpty(member));
                    }
                });
                yield full;
            }
            case List<?> list -> each(list, true);
            case null, default -> value;
        };
    }

    private static boolean isEmpty(@Nullable Object member) {
        return switch (member) {
            case null -> true;
            case Boolean bool -> !bool;
            case Number number -> number.doubleValue() == 0;
            case String text -> text.isEmpty();
            case List<?> list -> list.isEmpty();
            default -> false;
        };
    }

    private static @Nullable Object withoutUnderscores(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> renamed = new LinkedHashMap<>();
                map.forEach((name, member) ->
                        renamed.put(
                                String.valueOf(name).replace("_", ""), withoutUnderscores(member)));
                yield renamed;
            }
            case List<?> list -> each(list, false);
            case null, default -> value;
        };
    }

    private static List<@Nullable Object> each(List<?> list, boolean withoutEmpty) {
        List<@Nullable Object> items = new ArrayList<>(list.size());
        list.forEach(
                item -> items.add(withoutEmpty ? withoutEmpty(item) : withoutUnderscores(item)));
        return items;
    }
}
