package dev.remora.io.loop;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Addresses as the JDK has them, made from ours and read into ours. No name is looked up.
public final class JdkAddresses {
    private JdkAddresses() {}

    public static InetAddress of(IpAddress ip) {
        try {
            return InetAddress.getByAddress(ip.toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    public static InetSocketAddress of(IpPort address) {
        return new InetSocketAddress(of(address.ip()), address.port());
    }

    /// An IPv4 address that came through a socket for both families is one again.
    ///
    /// @param address with an IP address, as that of a socket always is
    public static IpPort read(InetSocketAddress address) {
        return new IpPort(
                IpAddress.of(address.getAddress().getAddress()).unmapped(), address.getPort());
    }
}
