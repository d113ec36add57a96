package dev.remora.lab.run;

import io.avaje.jsonb.Jsonb;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A look into JSON that some program printed. What is not there is absent, at any depth:
/// `status.at("Self").at("Online").bool()`.
public record Json(@Nullable Object value) {
    private static final Jsonb JSONB = Jsonb.builder().build();

    public static Json parse(String text) {
        return new Json(JSONB.type(Object.class).fromJson(text));
    }

    /// The member of this name, absent if this is no object or has none.
    public Json at(String name) {
        return new Json(value instanceof Map<?, ?> members ? members.get(name) : null);
    }

    /// The elements of an array, the values of an object, or nothing.
    public Stream<Json> each() {
        return switch (value) {
            case List<?> elements -> elements.stream().map(Json::new);
            case Map<?, ?> members -> members.values().stream().map(Json::new);
            case null, default -> Stream.empty();
        };
    }

    /// The names in an object.
    public List<String> names() {
        return value instanceof Map<?, ?> members
                ? members.keySet().stream().map(String::valueOf).toList()
                : List.of();
    }

    /// Whether there is something other than `null` here.
    public boolean present() {
        return value != null;
    }

    /// A text, or empty if this is absent.
    public String text() {
        return value == null ? "" : value.toString();
    }

    public Optional<String> optionalText() {
        return Optional.of(text()).filter(text -> !text.isEmpty());
    }

    /// Whether this is `true`; absent is false.
    public boolean bool() {
        return Boolean.TRUE.equals(value);
    }

    /// A number, 0 if absent.
    public double number() {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    @Override
    public String toString() {
        return JSONB.toJson(value);
    }
}
