package dev.remora.server.model;

import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;

/// What a node proves itself with.
///
/// @param disco of the process that runs now; zero until the node has asked for its first map, and never again after
public record Keys(MachineKey machine, NodeKey node, DiscoKey disco) {
    public Keys withNode(NodeKey next) {
        return new Keys(machine, next, disco);
    }

    public Keys withDisco(DiscoKey next) {
        return new Keys(machine, node, next);
    }
}
