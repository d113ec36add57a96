package dev.remora.server.policy;

import java.util.List;

/// What a policy says about itself in `tests` and `sshTests`: it comes into force only if all of it holds.
///
/// @param packets from `tests`
/// @param logins from `sshTests`
record Assertions(List<Packet> packets, List<Login> logins) {
    Assertions {
        packets = List.copyOf(packets);
        logins = List.copyOf(logins);
    }

    /// That packets from a source get to one port of a destination, or that they don't.
    ///
    /// @param source as it is written
    /// @param protocols that the rule must have one of, if it names any
    /// @param target as it is written
    record Packet(
            Place at,
            String source,
            Alias from,
            List<Long> protocols,
            String target,
            Target to,
            boolean accepted) {}

    /// That a source may log in at all of these destinations, or at none.
    ///
    /// @param source as it is written
    record Login(
            Place at, String source, Alias from, List<Alias> to, String login, Outcome expected) {}

    /// How a login may end.
    enum Outcome {
        /// With or without being asked.
        ACCEPTED("accept"),
        DENIED("deny"),
        /// Only after the person was asked.
        CHECKED("check");

        final String key;

        Outcome(String key) {
            this.key = key;
        }
    }
}
