package dev.remora.server.policy;

import java.util.List;

/// One policy document, read and found right. Without rules it lets everybody reach everybody.
public final class Policy {
    private static final Policy ALLOW_ALL = new Policy("", List.of());

    private final String text;
    private final List<Problem> remarks;

    private Policy(String text, List<Problem> remarks) {
        this.text = text;
        this.remarks = remarks;
    }

    /// Reads a document.
    public static Policy parse(String hujson) throws PolicyException {
        if (hujson.isBlank() || hujson.strip().equals("{}")) {
            return new Policy(hujson, List.of());
        }
        throw new PolicyException(
                List.of(new Problem(1, 1, "rules are not understood, only their absence")));
    }

    /// Everybody reaches everybody.
    public static Policy allowAll() {
        return ALLOW_ALL;
    }

    /// The document as it was given.
    public String text() {
        return text;
    }

    /// What is accepted but worth saying, in the order of the text.
    public List<Problem> remarks() {
        return remarks;
    }
}
