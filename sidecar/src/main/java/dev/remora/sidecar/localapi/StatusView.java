package dev.remora.sidecar.localapi;

import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.node.NodeStatus;
import java.util.List;
import java.util.Optional;

/// What the status is made of.
///
/// @param state the node's state by name
/// @param authUrl where a login waits for a person, else empty
/// @param hostname what this machine calls itself
/// @param netMap the tailnet while we are its member
/// @param tailnet what the profile calls the tailnet where the server has no name for it
/// @param nodeKey what a login begins with; it may have ended, or a login with another one may be under way
/// @param health sentences on what is wrong
/// @param proxyConnections connections that serve forwards now
public record StatusView(
        String state,
        String authUrl,
        String hostname,
        NodeStatus node,
        Optional<NetMap> netMap,
        Optional<NodeKey> nodeKey,
        boolean online,
        String tailnet,
        List<String> health,
        int proxyConnections) {
    /// Nothing is offered to anybody meanwhile.
    boolean isStopped() {
        return state.equals("Stopped");
    }
}
