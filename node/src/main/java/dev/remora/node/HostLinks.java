package dev.remora.node;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.engine.path.LocalSockets;
import dev.remora.io.udp.DefaultRoutes;
import dev.remora.io.udp.LocalAddresses;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this machine's interfaces give us to send from, and whether a change of them matters. Used on the loop.
///
/// Containers that start and stop, link-local addresses and tunnels of our own kind change a machine's list of addresses all the time: paths that work
/// are not given up for that.
final class HostLinks {
    private static final Logger LOG = LoggerFactory.getLogger(HostLinks.class);

    /// Addresses of tailnets: of another node on this machine, of whom nothing depends for us.
    private static final List<IpPrefix> OVERLAY =
            List.of(
                    new IpPrefix(IpAddress.v4(0x64400000), 10),
                    new IpPrefix(IpAddress.v6(0xfd7a115ca1e00000L, 0), 48));

    private final UdpPorts udp;
    private final Machine machine;
    private List<LocalAddresses.LocalAddress> addresses = List.of();
    private LocalSockets sockets = new LocalSockets(List.of(), 0, 0, false);
    private Way way = new Way(Set.of(), Set.of());

    /// What packets of ours depend on.
    private record Way(Set<IpAddress> addresses, Set<String> defaultInterfaces) {}

    /// What [#look] has found.
    enum Change {
        NONE,
        /// Worth telling peers as endpoints, but what worked goes on working.
        MINOR,
        /// We may be somewhere else now.
        MAJOR
    }

    HostLinks(UdpPorts udp) {
        this(udp, new Machine());
    }

    HostLinks(UdpPorts udp, Machine machine) {
        this.udp = udp;
        this.machine = machine;
    }

    /// What the system says about itself.
    static class Machine {
        List<LocalAddresses.LocalAddress> addresses() throws IOException {
            return LocalAddresses.list();
        }

        Set<String> defaultInterfaces() {
            return DefaultRoutes.interfaces();
        }
    }

    /// Looks at the machine again.
    Change look() {
        try {
            addresses = machine.addresses();
        } catch (IOException e) {
            LOG.warn("cannot list this machine's addresses: {}", e.getMessage());
            return Change.NONE;
        }
        LocalSockets now =
                new LocalSockets(
                        addresses.stream().map(HostLinks::local).toList(),
                        udp.port(true),
                        udp.port(false),
                        udp.isPortConfigured());
        Way wayNow = new Way(relevant(addresses), machine.defaultInterfaces());
        boolean moved = !wayNow.equals(way) || !samePorts(now, sockets);
        boolean changed = moved || !now.equals(sockets);
        sockets = now;
        way = wayNow;
        return moved ? Change.MAJOR : changed ? Change.MINOR : Change.NONE;
    }

    private static LocalSockets.LocalAddress local(LocalAddresses.LocalAddress address) {
        return new LocalSockets.LocalAddress(
                address.interfaceName(), new IpPrefix(address.ip(), address.prefixBits()));
    }

    private static Set<IpAddress> relevant(List<LocalAddresses.LocalAddress> addresses) {
        return addresses.stream()
                .map(LocalAddresses.LocalAddress::ip)
                .filter(ip -> !ip.isLoopback() && !ip.isLinkLocal())
                .filter(ip -> OVERLAY.stream().noneMatch(prefix -> prefix.contains(ip)))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean samePorts(LocalSockets a, LocalSockets b) {
        return a.ipv4Port() == b.ipv4Port() && a.ipv6Port() == b.ipv6Port();
    }

    LocalSockets sockets() {
        return sockets;
    }

    /// All addresses but loopback; without any there is no network.
    Set<IpAddress> addresses() {
        return addresses.stream()
                .map(LocalAddresses.LocalAddress::ip)
                .filter(ip -> !ip.isLoopback())
                .collect(Collectors.toUnmodifiableSet());
    }
}
