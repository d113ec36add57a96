package dev.remora.server.policy;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// One policy document, read and found right. Without `acls` and `grants` it lets everybody reach everybody; with an empty
/// list of them, nobody anybody.
public final class Policy {
    private static final Policy ALLOW_ALL =
            new Policy(
                    "",
                    new Content(
                            Content.NO_RULES,
                            Map.of(),
                            new AutoApprovers(Map.of(), List.of()),
                            List.of(),
                            List.of(),
                            new Assertions(List.of(), List.of()),
                            Map.of()),
                    List.of());

    private final String text;
    private final Content content;
    private final List<Problem> remarks;

    Policy(String text, Content content, List<Problem> remarks) {
        this.text = text;
        this.content = content;
        this.remarks =
                remarks.stream()
                        .sorted(
                                Comparator.comparingInt(Problem::line)
                                        .thenComparingInt(Problem::column))
                        .toList();
    }

    /// Reads a document. An empty one, or one of comments only, has no rules.
    ///
    /// @throws PolicyException with all that is wrong in it; a text that is no HuJSON has one problem, the first
    public static Policy parse(String hujson) throws PolicyException {
        return PolicyReader.read(hujson);
    }

    /// Everybody reaches everybody.
    public static Policy allowAll() {
        return ALLOW_ALL;
    }

    /// The document as it was given.
    public String text() {
        return text;
    }

    /// What is accepted but worth saying, in the order of the text: sections that are not acted on, parts without an
    /// effect. What depends on the users there are, [AccessRules#remarks] says.
    public List<Problem> remarks() {
        return remarks;
    }

    Content content() {
        return content;
    }
}
