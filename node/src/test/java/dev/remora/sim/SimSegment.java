package dev.remora.sim;

import dev.remora.base.IpAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One IP network: every address in it reaches every other, and what is meant for another address goes to the
/// gateway, if there is one.
public final class SimSegment {
    private final SimNetwork network;
    private final String name;
    private final Map<IpAddress, Station> stations = new HashMap<>();
    private @Nullable Station gateway;

    /// Something that has addresses in a segment.
    interface Station {
        SimLink link();

        void receive(SimDatagram datagram);
    }

    public SimSegment(SimNetwork network, String name) {
        this.network = network;
        this.name = name;
    }

    public SimNetwork network() {
        return network;
    }

    void attach(IpAddress address, Station station) {
        if (stations.putIfAbsent(address, station) != null) {
            throw new IllegalStateException(address + " is taken in " + name);
        }
    }

    void detach(IpAddress address) {
        stations.remove(address);
    }

    void gateway(Station station) {
        gateway = station;
    }

    /// Carries a datagram over both links, unless one of them loses it.
    void send(Station sender, SimDatagram datagram) {
        Station receiver = stations.getOrDefault(datagram.to().ip(), gateway);
        if (receiver == null || receiver.equals(sender)) {
            return;
        }
        SimLink first = sender.link();
        SimLink second = receiver.link();
        if (network.chance(first.loss()) || network.chance(second.loss())) {
            return;
        }
        long delay = first.delayOfOne(network.random()) + second.delayOfOne(network.random());
        network.after(delay, () -> receiver.receive(datagram));
    }

    @Override
    public String toString() {
        return name;
    }
}
