package dev.remora.sidecar.server;

import dev.remora.sidecar.config.JsonTree;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Writes a JSON value as YAML: objects and lists as blocks, texts bare where no reader could take them for something else, and
/// everything else as in JSON, which YAML 1.2 contains.
final class Yaml {
    private static final int STEP = 4;

    /// Letters first, so no number or time; what follows has neither quotes nor `: ` nor ` #`.
    private static final Pattern BARE =
            Pattern.compile("[A-Za-z]([A-Za-z0-9_./:@+*-]*[A-Za-z0-9_./@+*-])?");

    private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+(/\\d+)?");

    /// YAML 1.1 has more of these than 1.2.
    private static final Set<String> NOT_TEXTS =
            Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

    private final StringBuilder out = new StringBuilder();

    private Yaml() {}

    static String of(@Nullable Object tree) {
        Yaml yaml = new Yaml();
        yaml.block(tree, 0);
        return yaml.out.toString();
    }

    /// What stands on lines of its own, each with its end.
    private void block(@Nullable Object value, int column) {
        switch (value) {
            case Map<?, ?> map when !map.isEmpty() ->
                    map.forEach((name, member) -> entry(column, name + ":", member));
            case List<?> list when !list.isEmpty() -> list.forEach(item -> item(item, column));
            case null, default -> out.append(scalar(value)).append('\n');
        }
    }

    private void entry(int column, String name, @Nullable Object member) {
        out.append(" ".repeat(column)).append(name);
        if (isBlock(member)) {
            out.append('\n');
            block(member, (column / STEP + 1) * STEP);
        } else {
            out.append(' ').append(scalar(member)).append('\n');
        }
    }

    /// The first line of an item stands behind its dash.
    private void item(@Nullable Object item, int column) {
        if (!isBlock(item)) {
            out.append(" ".repeat(column)).append("- ").append(scalar(item)).append('\n');
            return;
        }
        int dash = out.length() + column;
        block(item, column + 2);
        out.setCharAt(dash, '-');
    }

    private static boolean isBlock(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> !map.isEmpty();
            case Collection<?> list -> !list.isEmpty();
            case null, default -> false;
        };
    }

    private static String scalar(@Nullable Object value) {
        return value instanceof String text && isBare(text) ? text : JsonTree.compact(value);
    }

    private static boolean isBare(String text) {
        return ADDRESS.matcher(text).matches()
                || BARE.matcher(text).matches()
                        && !NOT_TEXTS.contains(text.toLowerCase(Locale.ROOT));
    }
}
