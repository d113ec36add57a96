package dev.remora.sidecar.config;

import dev.remora.base.MalformedException;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON as maps, lists, texts, numbers, booleans and null, in the form that Go programs write: members keep their order, `null` is written, and
/// `<`, `>` and `&` are escaped.
public final class JsonTree {
    /// Deeper than any document we take; readers recurse.
    static final int MAX_DEPTH = 32;

    private static final double SMALLEST_PLAIN = 1e-6;
    private static final double SMALLEST_HUGE = 1e21;

    private final StringBuilder out = new StringBuilder(1024);
    private final String indent;

    private JsonTree(String indent) {
        this.indent = indent;
    }

    /// Reads one JSON object. Whole numbers become [Long], others [Double].
    public static Map<String, Object> read(byte[] json) throws MalformedException {
        if (JsonReader.read(json) instanceof Map<?, ?> members) {
            @SuppressWarnings("unchecked") // the reader names members by texts
            Map<String, Object> object = (Map<String, Object>) members;
            return object;
        }
        throw new MalformedException("no JSON object");
    }

    /// The same of an object that people wrote, with comments and commas behind last members.
    public static Map<String, Object> readHuJson(byte[] text) throws MalformedException {
        return read(HuJson.standard(text));
    }

    /// Reads any JSON value, `null` included.
    public static @Nullable Object readValue(byte[] json) throws MalformedException {
        return JsonReader.read(json);
    }

    /// Whoever reads JSON of strangers asks this first: the reader recurses.
    static void checkDepth(byte[] json) throws MalformedException {
        int depth = 0;
        for (byte b : json) {
            depth += b == '{' || b == '[' ? 1 : b == '}' || b == ']' ? -1 : 0;
            if (depth > MAX_DEPTH) {
                throw new MalformedException("JSON nested too deeply");
            }
        }
    }

    /// Without white space.
    public static String compact(@Nullable Object tree) {
        return write(tree, "");
    }

    /// One member a line, each level indented by `indent`.
    public static String indented(@Nullable Object tree, String indent) {
        return write(tree, indent);
    }

    private static String write(@Nullable Object tree, String indent) {
        JsonTree writer = new JsonTree(indent);
        writer.value(tree, 0);
        return writer.out.toString();
    }

    private void value(@Nullable Object value, int level) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> object(map, level);
            case List<?> list -> array(list, level);
            case Double number -> out.append(number(number));
            case Number number -> out.append(number);
            case Boolean bool -> out.append(bool);
            default -> text(value.toString());
        }
    }

    /// As Go writes it: without an exponent, unless the number is very small or very large.
    private static String number(double number) {
        double size = Math.abs(number);
        return size == 0
                ? "0"
                : size < SMALLEST_PLAIN || size >= SMALLEST_HUGE
                        ? Double.toString(number)
                        : new BigDecimal(Double.toString(number))
                                .stripTrailingZeros()
                                .toPlainString();
    }

    private void object(Map<?, ?> map, int level) {
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            newLine(level + 1);
            text(String.valueOf(entry.getKey()));
            out.append(indent.isEmpty() ? ":" : ": ");
            value(entry.getValue(), level + 1);
            out.append(entries.hasNext() ? "," : "");
        }
        if (!map.isEmpty()) {
            newLine(level);
        }
        out.append('}');
    }

    private void array(List<?> list, int level) {
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            newLine(level + 1);
            value(list.get(i), level + 1);
            out.append(i + 1 < list.size() ? "," : "");
        }
        if (!list.isEmpty()) {
            newLine(level);
        }
        out.append(']');
    }

    private void newLine(int level) {
        if (!indent.isEmpty()) {
            out.append('\n').repeat(indent, level);
        }
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20
                            || c == '<'
                            || c == '>'
                            || c == '&'
                            || c == '\u2028'
                            || c == '\u2029') {
                        out.append("\\u").append(HexFormat.of().toHexDigits(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
