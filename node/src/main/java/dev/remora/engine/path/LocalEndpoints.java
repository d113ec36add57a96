package dev.remora.engine.path;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Which addresses of this machine's interfaces are worth telling a peer.
final class LocalEndpoints {
    /// A machine with privacy extensions collects IPv6 addresses; two of a subnet are enough to reach it.
    private static final int MAX_IPV6_PER_SUBNET = 2;

    /// ZeroTier's interfaces and NetBird's: tunnels of others, in which ours would run in circles.
    private static final List<String> FOREIGN_TUNNELS = List.of("zt", "wt0");

    private final List<IpAddress> usual = new ArrayList<>();
    private final List<IpAddress> lastResort = new ArrayList<>();
    private final List<IpAddress> loopback = new ArrayList<>();
    private final Map<IpPrefix, Integer> ipv6PerSubnet = new HashMap<>();

    private LocalEndpoints() {}

    /// The endpoints on our interfaces, in the order given. Loopback counts only if `others` exist neither here nor
    /// elsewhere.
    static List<IpPort> of(LocalSockets sockets, boolean othersExist) {
        LocalEndpoints found = new LocalEndpoints();
        for (LocalSockets.LocalAddress address : sockets.addresses()) {
            if (FOREIGN_TUNNELS.stream().noneMatch(address.interfaceName()::startsWith)) {
                found.sort(address.prefix());
            }
        }
        List<IpPort> endpoints = found.best().flatMap(ip -> withPort(ip, sockets)).toList();
        return endpoints.isEmpty() && !othersExist
                ? found.loopback.stream().flatMap(ip -> withPort(ip, sockets)).toList()
                : endpoints;
    }

    private void sort(IpPrefix prefix) {
        IpAddress ip = prefix.ip();
        if (ip.isUnspecified() || ip.isMulticast() || Addresses.isOverlay(ip)) {
            return;
        }
        if (ip.isLoopback()) {
            loopback.add(ip);
        } else if (ip.isLinkLocal()) {
            if (ip.v4()) {
                lastResort.add(ip);
            }
        } else if (ip.v4()) {
            usual.add(ip);
        } else if (ipv6PerSubnet.merge(prefix.masked(), 1, Integer::sum) <= MAX_IPV6_PER_SUBNET) {
            (ip.isPrivate() ? lastResort : usual).add(ip);
        }
    }

    private Stream<IpAddress> best() {
        return (usual.isEmpty() ? lastResort : usual).stream();
    }

    private static Stream<IpPort> withPort(IpAddress ip, LocalSockets sockets) {
        int port = ip.v4() ? sockets.ipv4Port() : sockets.ipv6Port();
        return port == 0 ? Stream.empty() : Stream.of(new IpPort(ip, port));
    }
}
