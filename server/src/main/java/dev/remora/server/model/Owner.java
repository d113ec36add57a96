package dev.remora.server.model;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// Whose a node is: a person's, or, with tags, nobody's.
public sealed interface Owner {
    /// A person's node.
    record Person(long userId) implements Owner {}

    /// A node that acts for itself. It belongs to no user and its key does not expire.
    ///
    /// @param names at least one, each with its `tag:` in front
    record Tagged(SortedSet<String> names) implements Owner {
        public Tagged {
            names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
            if (names.isEmpty()) {
                throw new IllegalArgumentException("a tagged node has a tag");
            }
        }
    }

    /// The tags, none for a person's node.
    default SortedSet<String> tags() {
        return switch (this) {
            case Person person -> Collections.emptySortedSet();
            case Tagged(var names) -> names;
        };
    }

    /// Whether the node is this user's.
    default boolean is(long userId) {
        return this instanceof Person(var id) && id == userId;
    }
}
