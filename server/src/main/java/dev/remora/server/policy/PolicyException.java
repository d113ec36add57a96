package dev.remora.server.policy;

import java.util.List;
import java.util.stream.Collectors;

/// A policy is refused: the one in force stays.
public final class PolicyException extends Exception {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // what List.copyOf makes is serializable
    private final List<Problem> problems;

    PolicyException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /// All that is wrong, at least one, in the order of the text.
    public List<Problem> problems() {
        return problems;
    }
}
