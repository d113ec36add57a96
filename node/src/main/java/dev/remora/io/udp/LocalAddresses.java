package dev.remora.io.udp;

import dev.remora.base.IpAddress;
import java.io.IOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;

/// The addresses of this machine's interfaces as they are now.
public final class LocalAddresses {
    private LocalAddresses() {}

    /// One address of one interface that is up.
    ///
    /// @param prefixBits length of its network's prefix
    public record LocalAddress(String interfaceName, IpAddress ip, int prefixBits) {}

    /// Lists them in the order of the system. Reads from the kernel: not for the hot path.
    public static List<LocalAddress> list() throws IOException {
        List<LocalAddress> found = new ArrayList<>();
        for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
            if (!network.isUp()) {
                continue;
            }
            for (InterfaceAddress address : network.getInterfaceAddresses()) {
                IpAddress ip = IpAddress.of(address.getAddress().getAddress());
                found.add(
                        new LocalAddress(network.getName(), ip, address.getNetworkPrefixLength()));
            }
        }
        return List.copyOf(found);
    }
}
