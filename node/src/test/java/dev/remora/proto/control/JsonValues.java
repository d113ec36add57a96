package dev.remora.proto.control;

import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// JSON as maps and lists, in a form in which two messages that say the same are equal: without the
/// members that say nothing (`null`, `false`, 0, an empty text, the zero key and the zero time).
final class JsonValues {
    private static final Jsonb JSON = Jsonb.builder().build();

    private JsonValues() {}

    static Object parse(byte[] json) {
        Object value = JSON.type(Object.class).fromJson(new String(json, StandardCharsets.UTF_8));
        return Objects.requireNonNullElse(plain(value), Map.of());
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> kept = new TreeMap<>();
            map.forEach((name, member) -> {
                Object plain = plain(member);
                if (plain != null) {
                    kept.put(name.toString(), plain);
                }
            });
            return kept;
        }
        if (value instanceof Iterable<?> list) {
            return StreamSupport.stream(list.spliterator(), false)
                    .map(JsonValues::plain)
                    .collect(Collectors.toList());
        }
        if (value instanceof String text && text.matches("\\d{4}-.*\\.\\d+Z")) {
            return text.replaceFirst("\\.?0*Z$", "Z"); // Go leaves out final zeros of a fraction
        }
        return saysNothing(value) ? null : value;
    }

    private static boolean saysNothing(@Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue() == 0;
        }
        return value == null
                || value.equals(false)
                || value.equals("")
                || value.equals("0001-01-01T00:00:00Z")
                || value.toString().endsWith(":" + "0".repeat(64));
    }
}
