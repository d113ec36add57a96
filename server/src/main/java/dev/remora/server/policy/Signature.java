package dev.remora.server.policy;

import java.util.BitSet;

/// What a node is in the policy's eyes. Nodes with the same one see the same nodes, are seen by the same, and let in the
/// same. The sets are never changed.
///
/// @param named the sources that mean it by what it is
/// @param may the rules it is a source of
/// @param reached the rules it is a destination of
/// @param perUser the rules that let its user's other nodes in
/// @param user whose nodes it lets in by those, -1 if there are none
/// @param attributes which entries of `nodeAttrs` are for it
record Signature(
        BitSet named, BitSet may, BitSet reached, BitSet perUser, long user, BitSet attributes) {
    /// Whether nodes of these two kinds know each other. Who may open something to another is seen by it, too.
    boolean sees(Signature other) {
        return may.intersects(other.reached)
                || reached.intersects(other.may)
                || user >= 0 && user == other.user;
    }
}
