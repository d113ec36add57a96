package dev.remora.server.netmap;

import dev.remora.base.IpPrefix;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.DerpMapInfo;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.UserProfile;
import dev.remora.server.model.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The tailnet as far as maps tell of it. Reads never wait, and a change can be read before it is announced: whoever
/// hears of it finds it, or something newer.
public interface MapSource {
    /// The node of this key; nothing too when the key is another machine's.
    Optional<Node> node(MachineKey machine, NodeKey key);

    Optional<Node> node(long id);

    boolean online(long id);

    /// For a node that is no more: sees nobody.
    Sight sight(long viewer);

    /// The routes that go through this node now, exit routes included.
    List<IpPrefix> servedRoutes(long id);

    /// Of the routes that go through this node now, those that the viewer may use.
    List<IpPrefix> routesFor(Sight viewer, Node router);

    /// With the final dot.
    String fqdn(Node node);

    /// Of the owner, or of the one whom all tagged nodes have.
    UserProfile profile(Node node);

    Optional<UserProfile> profile(long user);

    /// The nodes, this one among them, that have its profile.
    Set<Long> nodesOfOwner(Node node);

    /// What everybody is told, without what [MapDns] knows.
    DnsConfig dns();

    /// The relays, in words that a client of this capability version understands.
    DerpMapInfo derpMap(long capabilityVersion);

    /// Takes in what a node tells about itself.
    void report(long id, MapRequest request);

    /// A node has a poll open until the answer is closed.
    Presence pollOpened(long id);

    /// One poll, as far as being online goes.
    interface Presence extends AutoCloseable {
        @Override
        void close();
    }
}
