package dev.remora.sidecar.server;

import dev.remora.sidecar.config.JsonTree;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes a JSON value as YAML: objects and lists as blocks, everything else as in JSON, which YAML 1.2 contains.
final class Yaml {
    private final StringBuilder out = new StringBuilder();

    private Yaml() {}

    static String of(@Nullable Object tree) {
        Yaml yaml = new Yaml();
        yaml.block(tree, 0);
        return yaml.out.toString();
    }

    /// What stands on lines of its own, each with its end.
    private void block(@Nullable Object value, int level) {
        switch (value) {
            case Map<?, ?> map when !map.isEmpty() ->
                    map.forEach((name, member) -> entry(level, name + ":", member));
            case List<?> list when !list.isEmpty() -> list.forEach(item -> item(item, level));
            case null, default -> out.append(scalar(value)).append('\n');
        }
    }

    private void entry(int level, String name, @Nullable Object member) {
        out.append("    ".repeat(level)).append(name);
        if (isBlock(member)) {
            out.append('\n');
            block(member, level + 1);
        } else {
            out.append(' ').append(scalar(member)).append('\n');
        }
    }

    /// The first line of an item stands behind its dash.
    private void item(@Nullable Object item, int level) {
        if (!isBlock(item)) {
            out.append("    ".repeat(level)).append("- ").append(scalar(item)).append('\n');
            return;
        }
        int start = out.length();
        block(item, level + 1);
        int dash = start + 4 * level;
        out.replace(dash, dash + 4, "-   ");
    }

    private static boolean isBlock(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> !map.isEmpty();
            case Collection<?> list -> !list.isEmpty();
            case null, default -> false;
        };
    }

    private static String scalar(@Nullable Object value) {
        return JsonTree.compact(value);
    }
}
