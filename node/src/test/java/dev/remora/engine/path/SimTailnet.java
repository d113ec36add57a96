package dev.remora.engine.path;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.sim.SimHost;
import dev.remora.sim.SimLink;
import dev.remora.sim.SimNetwork;
import dev.remora.sim.SimRelay;
import dev.remora.sim.SimStun;
import java.util.ArrayList;
import java.util.List;

/// A tailnet for simulations of paths: one relay region, two STUN servers, and a control server that passes every
/// change on to everybody after a moment.
final class SimTailnet {
    static final DerpRegionId REGION = new DerpRegionId(1);

    private static final long CONTROL_TAKES = MILLISECONDS.toNanos(150);

    final SimNetwork network;
    final SimRelay relay;
    final List<IpPort> stunServers = new ArrayList<>();
    private final List<SimPathNode> nodes = new ArrayList<>();

    SimTailnet(long seed) {
        network = new SimNetwork(seed);
        relay = new SimRelay(network, SimLink.millis(20));
        addStunServer("192.0.2.250", "2001:db8::250");
        addStunServer("192.0.2.251", "2001:db8::251");
    }

    private void addStunServer(String ipv4, String ipv6) {
        SimHost host =
                new SimHost("stun", network.internet(), SimLink.millis(20), ip(ipv4), ip(ipv6));
        new SimStun(host);
        host.addresses().forEach(ip -> stunServers.add(new IpPort(ip, 3478)));
    }

    /// Starts a node on this host.
    SimPathNode join(SimHost host) {
        SimPathNode node = new SimPathNode(this, host, nodes.size() + 1);
        nodes.add(node);
        node.start();
        return node;
    }

    List<SimPathNode> nodes() {
        return nodes;
    }

    /// Tells everybody about a node, and the node about everybody.
    void publish(SimPathNode changed) {
        PathPeer told = changed.told();
        network.after(
                CONTROL_TAKES,
                () -> {
                    for (SimPathNode other : nodes) {
                        if (other != changed) {
                            other.hearsOf(told);
                            changed.hearsOf(other.told());
                        }
                    }
                });
    }

    static IpAddress ip(String text) {
        try {
            return IpAddress.parse(text);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
