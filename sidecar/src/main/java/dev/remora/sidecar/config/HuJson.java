package dev.remora.sidecar.config;

/// JSON for people: with comments, as in JavaScript, and a comma behind the last member. What is no JSON in it becomes blanks, so everything else stays where it was and a complaint about the
/// rest names the right line.
final class HuJson {
    private final byte[] text;

    /// The comma that turns out to be one too many if a bracket closes next; -1 for none.
    private int lastComma = -1;

    /// How the last token began that was neither blank nor comment; a comma needs something before it.
    private char before = '[';

    private int at;

    private HuJson(byte[] text) {
        this.text = text.clone();
    }

    /// Ordinary JSON of the same length; what is wrong with it is the reader's to say.
    static byte[] standard(byte[] text) {
        HuJson json = new HuJson(text);
        while (json.at < json.text.length) {
            json.token();
        }
        return json.text;
    }

    private void token() {
        byte first = text[at];
        switch (first) {
            case ' ', '\t', '\r', '\n' -> at++;
            case '/' -> comment();
            case '"' -> string();
            case ',' -> {
                lastComma = "[{,".indexOf(before) < 0 ? at : -1;
                at++;
            }
            case ']', '}' -> {
                if (lastComma >= 0) {
                    text[lastComma] = ' ';
                }
                at++;
            }
            default -> at++;
        }
        if (" \t\r\n/".indexOf(first) < 0) {
            lastComma = first == ',' ? lastComma : -1;
            before = (char) first;
        }
    }

    private void string() {
        at++;
        while (at < text.length && text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        at++;
    }

    private void comment() {
        if (follows(at, "//")) {
            while (at < text.length && text[at] != '\n') {
                text[at++] = ' ';
            }
        } else if (follows(at, "/*")) {
            while (at < text.length && !follows(at, "*/")) {
                blank();
            }
            for (int i = 0; i < 2 && at < text.length; i++) {
                blank();
            }
        } else {
            at++; // the reader refuses it
        }
    }

    private void blank() {
        if (text[at] != '\n') {
            text[at] = ' ';
        }
        at++;
    }

    private boolean follows(int from, String word) {
        return from + word.length() <= text.length
                && text[from] == word.charAt(0)
                && text[from + 1] == word.charAt(1);
    }
}
