package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import java.util.SortedSet;

/// Whom or what a rule speaks of. Groups and named hosts are already what they stand for.
sealed interface Alias {
    /// `*`: as a source everybody in the tailnet and whoever is behind its approved routes; as a destination anything.
    record Everything() implements Alias {}

    /// A user, or a group of users: their untagged nodes.
    ///
    /// @param names as in the policy, without a bare `@` at the end
    record Users(SortedSet<String> names) implements Alias {}

    /// The nodes with a tag, `tag:` included.
    record Tag(String name) implements Alias {}

    /// An address or a network, in the tailnet or behind a router; no host bits are set.
    record Network(IpPrefix prefix) implements Alias {}

    /// `autogroup:member`: all nodes of users.
    record Members() implements Alias {}

    /// `autogroup:tagged`: all nodes with tags.
    record Tagged() implements Alias {}

    /// `autogroup:self`: the source user's own untagged nodes.
    record Self() implements Alias {}

    /// `autogroup:internet`: the public Internet, through exit nodes.
    record Internet() implements Alias {}

    /// `autogroup:danger-all`: any source at all, from outside of the tailnet too.
    record Anyone() implements Alias {}

    /// Whether it means nodes by what they are, so that their addresses stand for it.
    default boolean isIdentity() {
        return switch (this) {
            case Users users -> true;
            case Tag tag -> true;
            case Members members -> true;
            case Tagged tagged -> true;
            case Everything everything -> false;
            case Network network -> false;
            case Self self -> false;
            case Internet internet -> false;
            case Anyone anyone -> false;
        };
    }
}
