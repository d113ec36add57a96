package dev.remora.server.model;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import java.util.List;

/// A node's two addresses on the tailnet.
public record Addresses(IpAddress ipv4, IpAddress ipv6) {
    /// As the map tells them, IPv4 first.
    public List<IpPrefix> prefixes() {
        return List.of(IpPrefix.single(ipv4), IpPrefix.single(ipv6));
    }
}
