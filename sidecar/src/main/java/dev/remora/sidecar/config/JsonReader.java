package dev.remora.sidecar.config;

import dev.remora.base.MalformedException;
import dev.remora.base.StrangersJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads JSON (RFC 8259) into maps, lists, texts, numbers, booleans and null. Small and without a library behind it: the command line reads every answer
/// with it, and a library that knows all our messages would be most of its start.
///
/// As in Go, the last of several members of one name counts, and what is no Unicode becomes U+FFFD.
final class JsonReader {
    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /// Reads one value with nothing but white space around it.
    static @Nullable Object read(byte[] json) throws MalformedException {
        JsonReader reader =
                new JsonReader(new String(StrangersJson.mend(json), StandardCharsets.UTF_8));
        Object value = reader.value(0);
        reader.skipSpace();
        if (reader.at < reader.text.length()) {
            throw reader.unexpected();
        }
        return value;
    }

    private @Nullable Object value(int depth) throws MalformedException {
        if (depth > JsonTree.MAX_DEPTH) {
            throw new MalformedException("JSON nested too deeply");
        }
        skipSpace();
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> object(int depth) throws MalformedException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        at++;
        if (isNext('}')) {
            return members;
        }
        do {
            skipSpace();
            String name = string();
            expect(':');
            members.put(name, value(depth + 1));
        } while (isNext(','));
        expect('}');
        return members;
    }

    private List<@Nullable Object> array(int depth) throws MalformedException {
        List<@Nullable Object> items = new ArrayList<>();
        at++;
        if (isNext(']')) {
            return items;
        }
        do {
            items.add(value(depth + 1));
        } while (isNext(','));
        expect(']');
        return items;
    }

    private String string() throws MalformedException {
        if (peek() != '"') {
            throw unexpected();
        }
        int start = ++at;
        while (peek() != '"') {
            if (peek() == '\\') {
                return escapedString(start);
            }
            plainCharacter();
        }
        return text.substring(start, at++);
    }

    private String escapedString(int start) throws MalformedException {
        StringBuilder out = new StringBuilder(text.length() - start < 64 ? 64 : at - start + 64);
        out.append(text, start, at);
        for (char c = peek(); c != '"'; c = peek()) {
            if (c == '\\') {
                at++;
                out.append(escape());
            } else {
                plainCharacter();
                out.append(c);
            }
        }
        at++;
        return out.toString();
    }

    private void plainCharacter() throws MalformedException {
        if (peek() < 0x20) {
            throw unexpected();
        }
        at++;
    }

    private char escape() throws MalformedException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hex4();
            default -> throw unexpected();
        };
    }

    private char hex4() throws MalformedException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0 || peek() > 'f') {
                throw unexpected();
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    private @Nullable Object word(String word, @Nullable Object value) throws MalformedException {
        if (!text.startsWith(word, at)) {
            throw unexpected();
        }
        at += word.length();
        return value;
    }

    /// Whole numbers that fit become a [Long], all others a [Double]; one that no double holds is refused, as Go refuses it.
    private Object number() throws MalformedException {
        int start = at;
        boolean negative = at < text.length() && text.charAt(at) == '-';
        at += negative ? 1 : 0;
        int first = at;
        digits();
        if (at - first > 1 && text.charAt(first) == '0') {
            throw unexpected();
        }
        boolean whole = true;
        if (at < text.length() && text.charAt(at) == '.') {
            whole = false;
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
            whole = false;
            at++;
            at += at < text.length() && "+-".indexOf(text.charAt(at)) >= 0 ? 1 : 0;
            digits();
        }
        String number = text.substring(start, at);
        return whole ? wholeNumber(number) : fraction(number);
    }

    private static Object wholeNumber(String digits) throws MalformedException {
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            return fraction(digits); // more digits than 64 bits hold
        }
    }

    private static Double fraction(String number) throws MalformedException {
        double value = Double.parseDouble(number);
        if (Double.isInfinite(value)) {
            throw new MalformedException("invalid JSON: a number is too large");
        }
        return value;
    }

    private void digits() throws MalformedException {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw unexpected();
        }
    }

    private boolean isNext(char wanted) throws MalformedException {
        skipSpace();
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char wanted) throws MalformedException {
        if (!isNext(wanted)) {
            throw unexpected();
        }
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws MalformedException {
        if (at >= text.length()) {
            throw new MalformedException("invalid JSON: it ends too early");
        }
        return text.charAt(at);
    }

    private MalformedException unexpected() {
        String before = text.substring(0, at);
        return new MalformedException(
                "invalid JSON at line %d, column %d"
                        .formatted(
                                before.chars().filter(c -> c == '\n').count() + 1,
                                at - before.lastIndexOf('\n')));
    }
}
