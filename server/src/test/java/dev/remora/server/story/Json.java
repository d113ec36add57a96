package dev.remora.server.story;

import io.avaje.json.JsonReader;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// JSON as a tree of maps and lists whose leaves are texts as they stood there: `1` is not `1.0`, and `null` is not absence. The texts of
/// strings are decoded, since `\u0026` and `&` say the same.
public final class Json {
    private static final Jsonb JSON = Jsonb.builder().build();

    private Json() {}

    static Object parse(byte[] json) {
        return parse(new String(json, StandardCharsets.UTF_8));
    }

    public static Object parse(String json) {
        String text = json.strip();
        return switch (text.charAt(0)) {
            case '{' -> object(text);
            case '[' -> list(text).stream().map(Json::parse).toList();
            case '"' -> '"' + string(text) + '"';
            default -> text;
        };
    }

    private static String string(String text) {
        try (JsonReader in = JSON.reader("[" + text + "]")) {
            in.beginArray();
            in.hasNextElement();
            return in.readString();
        }
    }

    private static Map<String, Object> object(String text) {
        Map<String, String> raw = new LinkedHashMap<>();
        try (JsonReader in = JSON.reader(text)) {
            in.beginObject();
            while (in.hasNextField()) {
                raw.put(in.nextField(), in.readRaw());
            }
            in.endObject();
        }
        // only now: nested readers would share one buffer
        Map<String, Object> members = new LinkedHashMap<>();
        raw.forEach((name, value) -> members.put(name, parse(value)));
        return members;
    }

    private static List<String> list(String text) {
        List<String> items = new ArrayList<>();
        try (JsonReader in = JSON.reader(text)) {
            in.beginArray();
            while (in.hasNextElement()) {
                items.add(in.readRaw());
            }
            in.endArray();
        }
        return items;
    }

    @SuppressWarnings("unchecked") // only [#object] makes maps
    public static Map<String, Object> members(Object json) {
        return (Map<String, Object>) json;
    }

    /// The items of a list; none if it is absent or `null`.
    public static List<Object> items(Map<String, Object> object, String name) {
        return object.get(name) instanceof List<?> list ? List.copyOf(list) : List.of();
    }
}
