package dev.remora.sim;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A router that hides an inner segment behind one outer address. `mapping` says which packets from one inner address
/// and port share an outer port, `filtering` what may come in through that port; the words are those of RFC 4787 §4.1
/// and §5. A mapping nobody sends through is gone after 30 seconds.
public final class SimNat {
    static final long MAPPING_LIFETIME = SECONDS.toNanos(30);

    /// What a mapping or a filter looks at, besides the inner address and port.
    public enum Behaviour {
        ENDPOINT_INDEPENDENT,
        ADDRESS_DEPENDENT,
        ADDRESS_AND_PORT_DEPENDENT
    }

    private final SimNetwork network;
    private final SimSegment outside;
    private final SimSegment inside;
    private final IpAddress outerAddress;
    private final Behaviour mapping;
    private final Behaviour filtering;
    private final Side innerSide = new Side(SimLink.millis(0), this::outbound);
    private final Side outerSide;
    private final Map<Key, Mapping> mappings = new HashMap<>();
    private final Map<Integer, Mapping> byOuterPort = new HashMap<>();
    private int nextPort;

    private record Side(SimLink link, Consumer<SimDatagram> receiver)
            implements SimSegment.Station {
        @Override
        public void receive(SimDatagram datagram) {
            receiver.accept(datagram);
        }
    }

    /// Inner address and port, and as much of the destination as the mapping looks at.
    private record Key(IpPort inner, @Nullable IpAddress toAddress, int toPort) {}

    private static final class Mapping {
        final IpPort inner;
        final int outerPort;
        final Map<IpPort, Long> sentTo = new HashMap<>();
        long usedAt;

        Mapping(IpPort inner, int outerPort) {
            this.inner = inner;
            this.outerPort = outerPort;
        }
    }

    public SimNat(
            SimSegment outside,
            IpAddress outerAddress,
            SimLink link,
            Behaviour mapping,
            Behaviour filtering) {
        this.network = outside.network();
        this.outside = outside;
        this.outerAddress = outerAddress;
        this.mapping = mapping;
        this.filtering = filtering;
        inside = new SimSegment(network, "behind " + outerAddress);
        inside.gateway(innerSide);
        outerSide = new Side(link, this::inbound);
        outside.attach(outerAddress, outerSide);
        nextPort = 20_000 + network.random().nextInt(20_000);
    }

    /// The usual router at home: one mapping for all destinations, and only who was sent to may answer.
    public static SimNat home(SimSegment outside, IpAddress outerAddress, SimLink link) {
        return new SimNat(
                outside,
                outerAddress,
                link,
                Behaviour.ENDPOINT_INDEPENDENT,
                Behaviour.ADDRESS_AND_PORT_DEPENDENT);
    }

    /// The usual router of a company: another outer port for every destination.
    public static SimNat office(SimSegment outside, IpAddress outerAddress, SimLink link) {
        return new SimNat(
                outside,
                outerAddress,
                link,
                Behaviour.ADDRESS_AND_PORT_DEPENDENT,
                Behaviour.ADDRESS_AND_PORT_DEPENDENT);
    }

    public SimSegment inside() {
        return inside;
    }

    /// Forgets all mappings, as a router does that is switched off and on.
    public void reboot() {
        mappings.clear();
        byOuterPort.clear();
    }

    private void outbound(SimDatagram datagram) {
        if (datagram.to().ip().v4() != outerAddress.v4()) {
            return;
        }
        Mapping found = mappingFor(datagram.from(), datagram.to());
        found.usedAt = network.now();
        found.sentTo.put(datagram.to(), network.now());
        IpPort from = new IpPort(outerAddress, found.outerPort);
        outside.send(outerSide, new SimDatagram(from, datagram.to(), datagram.bytes()));
    }

    private Mapping mappingFor(IpPort inner, IpPort to) {
        Key key =
                switch (mapping) {
                    case ENDPOINT_INDEPENDENT -> new Key(inner, null, 0);
                    case ADDRESS_DEPENDENT -> new Key(inner, to.ip(), 0);
                    case ADDRESS_AND_PORT_DEPENDENT -> new Key(inner, to.ip(), to.port());
                };
        Mapping known = mappings.get(key);
        if (known != null && alive(known)) {
            return known;
        }
        if (known != null) {
            byOuterPort.remove(known.outerPort);
        }
        Mapping made = new Mapping(inner, nextPort++);
        mappings.put(key, made);
        byOuterPort.put(made.outerPort, made);
        return made;
    }

    private void inbound(SimDatagram datagram) {
        Mapping found = byOuterPort.get(datagram.to().port());
        if (found != null && alive(found) && accepts(found, datagram.from())) {
            inside.send(innerSide, new SimDatagram(datagram.from(), found.inner, datagram.bytes()));
        }
    }

    private boolean accepts(Mapping found, IpPort from) {
        return switch (filtering) {
            case ENDPOINT_INDEPENDENT -> true;
            case ADDRESS_DEPENDENT ->
                    found.sentTo.keySet().stream().anyMatch(to -> to.ip().equals(from.ip()));
            case ADDRESS_AND_PORT_DEPENDENT -> {
                Long sent = found.sentTo.get(from);
                yield sent != null && network.now() - sent <= MAPPING_LIFETIME;
            }
        };
    }

    private boolean alive(Mapping found) {
        return network.now() - found.usedAt <= MAPPING_LIFETIME;
    }
}
