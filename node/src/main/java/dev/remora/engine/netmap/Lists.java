package dev.remora.engine.netmap;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Lists as JSON may have them.
final class Lists {
    private Lists() {}

    /// The elements that are there: neither the list nor any element need be.
    static <T> List<T> present(@Nullable List<T> wire) {
        if (wire == null || wire.isEmpty()) {
            return List.of();
        }
        return wire.stream().filter(Objects::nonNull).toList();
    }
}
