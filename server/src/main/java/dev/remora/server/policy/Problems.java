package dev.remora.server.policy;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// Gathers what is wrong with one document, so that its author hears all of it at once.
final class Problems {
    /// Who has more than these has another problem than a missing comma.
    private static final int MAX = 100;

    private final TreeSet<Problem> found =
            new TreeSet<>(
                    Comparator.comparingInt(Problem::line)
                            .thenComparingInt(Problem::column)
                            .thenComparing(Problem::text));

    void add(Place at, String text) {
        if (found.size() < MAX) {
            found.add(new Problem(at.line(), at.column(), text));
        }
    }

    List<Problem> list() {
        return List.copyOf(found);
    }

    void throwIfAny() throws PolicyException {
        if (!found.isEmpty()) {
            throw new PolicyException(list());
        }
    }
}
