package dev.remora.sidecar.demo;

import dev.remora.base.IpAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;

/// The address under which other machines of this network find this one.
final class Reachable {
    private static final IpAddress LOOPBACK = IpAddress.v4(0x7f000001);

    /// Nobody's (RFC 5737 §3), so reached by the default route.
    private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("192.0.2.1", 9);

    private Reachable() {}

    /// An address of a private network. On the Internet a demo does not show itself unasked, and clients would not come back to a public address without TLS.
    /// Without a network it is the loopback's.
    static IpAddress address() {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(ELSEWHERE); // sends nothing: the system looks up its route
            IpAddress ours = IpAddress.of(socket.getLocalAddress().getAddress());
            return ours.isPrivate() ? ours : LOOPBACK;
        } catch (IOException e) {
            return LOOPBACK;
        }
    }
}
