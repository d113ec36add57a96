package dev.remora.server.store;

import dev.remora.server.model.Node;
import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.User;
import java.util.List;
import java.util.Optional;

/// Everything that a storage holds and a server needs at its start.
///
/// @param policy the one in force; empty if none was ever set
/// @param lastIds the highest numbers ever given
public record Kept(
        List<User> users,
        List<PreAuthKey> authKeys,
        List<Node> nodes,
        Optional<PolicyVersion> policy,
        LastIds lastIds) {
    /// No number is ever given twice, even after what had it is gone: clients remember by number.
    public record LastIds(long user, long authKey, long node) {}
}
