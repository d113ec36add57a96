package dev.remora.server.policy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Reads HuJSON: JSON (RFC 8259) with `//` and `/* */` comments and with a comma behind the last member or item. It stops
/// at the first thing that is none.
final class HuJsonReader {
    /// Characters of a document; the largest policies known have some ten thousand lines.
    static final int MAX_LENGTH = 1 << 20;

    /// Deeper than any rule, and no danger to the stack.
    static final int MAX_DEPTH = 64;

    /// "Implementations that parse JSON texts MAY ignore the presence of a byte order mark" (RFC 8259 §8.1); some editors put it there.
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final int END = -1;

    private final String text;
    private int at;
    private int line = 1;
    private int column = 1;
    private int depth;

    private HuJsonReader(String text) {
        this.text = text;
        this.at = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
    }

    /// Reads a whole document.
    static HuJson read(String text) throws PolicyException {
        HuJsonReader reader = new HuJsonReader(text);
        if (text.length() > MAX_LENGTH) {
            throw reader.wrong("a policy has at most " + MAX_LENGTH + " characters");
        }
        reader.skipSpace();
        HuJson value = reader.value();
        reader.skipSpace();
        if (reader.peek() != END) {
            throw reader.wrong("something behind the end of the policy");
        }
        return value;
    }

    /// Whether a text has nothing but space and comments.
    static boolean isEmpty(String text) throws PolicyException {
        HuJsonReader reader = new HuJsonReader(text);
        reader.skipSpace();
        return reader.peek() == END;
    }

    private HuJson value() throws PolicyException {
        Place place = place();
        return switch (peek()) {
            case '{' -> members(place);
            case '[' -> items(place);
            case '"' -> new HuJson.Text(place, string());
            case 't' -> word("true", new HuJson.Flag(place, true));
            case 'f' -> word("false", new HuJson.Flag(place, false));
            case 'n' -> word("null", new HuJson.Nothing(place));
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' ->
                    new HuJson.Number(place, number());
            default -> throw unexpected("a value");
        };
    }

    private HuJson members(Place place) throws PolicyException {
        List<HuJson.Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        open();
        while (peek() != '}') {
            Place nameAt = place();
            if (peek() != '"') {
                throw unexpected("a name in double quotes, or }");
            }
            String name = string();
            if (!names.add(name)) {
                throw wrong(nameAt, "\"" + name + "\" stands here twice");
            }
            skipSpace();
            expect(':');
            skipSpace();
            members.add(new HuJson.Member(nameAt, name, value()));
            comma('}');
        }
        close();
        return new HuJson.Members(place, List.copyOf(members));
    }

    private HuJson items(Place place) throws PolicyException {
        List<HuJson> items = new ArrayList<>();
        open();
        while (peek() != ']') {
            items.add(value());
            comma(']');
        }
        close();
        return new HuJson.Items(place, List.copyOf(items));
    }

    private void open() throws PolicyException {
        if (++depth > MAX_DEPTH) {
            throw wrong("nested more than " + MAX_DEPTH + " deep");
        }
        advance();
        skipSpace();
    }

    private void close() {
        depth--;
        advance();
    }

    /// Between two members or items, and, different from JSON, behind the last one if its author likes.
    private void comma(char end) throws PolicyException {
        skipSpace();
        if (peek() == ',') {
            advance();
            skipSpace();
        } else if (peek() != end) {
            throw unexpected("a comma or " + end);
        }
    }

    private HuJson word(String word, HuJson value) throws PolicyException {
        if (!text.startsWith(word, at)) {
            throw unexpected("a value");
        }
        for (int i = 0; i < word.length(); i++) {
            advance();
        }
        return value;
    }

    private String number() throws PolicyException {
        int start = at;
        if (peek() == '-') {
            advance();
        }
        if (peek() == '0') {
            advance();
        } else {
            digits();
        }
        if (peek() == '.') {
            advance();
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            advance();
            if (peek() == '+' || peek() == '-') {
                advance();
            }
            digits();
        }
        return text.substring(start, at);
    }

    private void digits() throws PolicyException {
        if (!isDigit(peek())) {
            throw unexpected("a digit");
        }
        while (isDigit(peek())) {
            advance();
        }
    }

    private String string() throws PolicyException {
        Place start = place();
        StringBuilder out = new StringBuilder();
        advance();
        while (peek() != '"') {
            if (peek() == END || peek() == '\n') {
                throw wrong(start, "a text that does not end in its line");
            }
            if (peek() < ' ') {
                throw wrong("a control character in a text");
            }
            out.append(peek() == '\\' ? escaped() : (char) peek());
            advance();
        }
        advance();
        if (!isUnicode(out)) {
            throw wrong(start, "half a character in a text");
        }
        return out.toString();
    }

    /// What a backslash and the next character stand for; stops at the escape's last character.
    private char escaped() throws PolicyException {
        advance();
        return switch (peek()) {
            case '"', '\\', '/' -> (char) peek();
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    advance();
                    int digit = peek() == END ? -1 : Character.digit(peek(), 16);
                    if (digit < 0 || peek() > 'f') {
                        throw unexpected("a hexadecimal digit");
                    }
                    code = code << 4 | digit;
                }
                yield (char) code;
            }
            default -> throw unexpected("an escape of JSON");
        };
    }

    private static boolean isUnicode(CharSequence text) {
        return text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
    }

    private void skipSpace() throws PolicyException {
        while (true) {
            switch (peek()) {
                case ' ', '\t', '\r', '\n' -> advance();
                case '/' -> comment();
                default -> {
                    return;
                }
            }
        }
    }

    private void comment() throws PolicyException {
        Place start = place();
        advance();
        if (peek() == '/') {
            while (peek() != END && peek() != '\n') {
                advance();
            }
        } else if (peek() == '*') {
            advance();
            while (!text.startsWith("*/", at)) {
                if (peek() == END) {
                    throw wrong(start, "a comment that does not end");
                }
                advance();
            }
            advance();
            advance();
        } else {
            throw wrong(start, "a slash that begins no comment");
        }
    }

    private void expect(char c) throws PolicyException {
        if (peek() != c) {
            throw unexpected(String.valueOf(c));
        }
        advance();
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private void advance() {
        if (at == text.length()) {
            return;
        }
        char c = text.charAt(at++);
        if (c == '\n') {
            line++;
            column = 1;
        } else if (!Character.isLowSurrogate(c)) {
            column++;
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private Place place() {
        return new Place(line, column);
    }

    private PolicyException unexpected(String instead) {
        String found =
                peek() == END ? "the end" : "'" + Character.toString(text.codePointAt(at)) + "'";
        return wrong("expected " + instead + ", found " + found);
    }

    private PolicyException wrong(String what) {
        return wrong(place(), what);
    }

    private static PolicyException wrong(Place place, String what) {
        return new PolicyException(List.of(new Problem(place.line(), place.column(), what)));
    }
}
