package dev.remora.server.relay;

import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;

/// A relay of our region, through which clients are reached that are not connected to us.
@FunctionalInterface
interface Elsewhere {
    /// Sends a packet on its way, or drops it and counts that.
    void forward(NodeKey from, NodeKey to, ByteBuffer packet);
}
