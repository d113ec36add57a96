package dev.remora.engine.path;

import dev.remora.base.IpPrefix;
import java.util.List;

/// What the machine gives us to send from: its addresses now, and our UDP sockets.
///
/// @param addresses of all interfaces that are up; if the sockets are bound to one address, only that one
/// @param ipv4Port of our IPv4 socket, 0 if there is none
/// @param ipv6Port of our IPv6 socket, 0 if there is none
/// @param portConfigured somebody chose the port, so may also have set up a forwarding to it
public record LocalSockets(
        List<LocalAddress> addresses, int ipv4Port, int ipv6Port, boolean portConfigured) {
    /// An address with the length of its subnet's prefix, and the name of its interface.
    public record LocalAddress(String interfaceName, IpPrefix prefix) {}

    public LocalSockets {
        addresses = List.copyOf(addresses);
    }
}
