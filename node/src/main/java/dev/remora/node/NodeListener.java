package dev.remora.node;

import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.NodeIdentity;
import java.io.IOException;

/// Hears what happens to a node. All methods but [#onChange] are called by the conversation with control and may block it for a while.
public interface NodeListener {
    /// How things stand with control.
    default void onControl(ControlState state) {}

    /// The tailnet as it is now; packets already follow it.
    default void onNetMap(NetMap map) {}

    /// Control knows us by these keys; they must be safe on return.
    default void onIdentity(NodeIdentity identity) throws IOException {}

    /// Control wants the user to visit a page.
    default void onVisit(String url) {}

    /// Paths, relays or our home are others; ask [Node#status]. Called on the loop: must not block.
    default void onChange() {}
}
