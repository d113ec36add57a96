package dev.remora.server.store;

import dev.remora.server.model.Node;
import dev.remora.server.model.PreAuthKey;
import dev.remora.server.model.User;

/// One thing to be kept or forgotten. To put what is there already, by its id, replaces it.
public sealed interface Write {
    record PutUser(User user) implements Write {}

    record DropUser(long id) implements Write {}

    record PutAuthKey(PreAuthKey key) implements Write {}

    /// Nodes that came with the key stay, and forget it.
    record DropAuthKey(long id) implements Write {}

    record PutNode(Node node) implements Write {}

    record DropNode(long id) implements Write {}

    /// A policy that is in force from now on; the ones before stay as history. Its version is chosen by the storage.
    record PutPolicy(PolicyVersion policy) implements Write {}

    record Note(AuditEntry entry) implements Write {}
}
