package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import java.nio.ByteBuffer;

/// What the owner of a [UdpPort] does with what arrives there.
public interface UdpHandler {
    /// A datagram came in for `to`, one of our addresses. `payload` is a view of the packet and good only during the call;
    /// who keeps bytes copies them.
    void onDatagram(UdpPort port, IpPort from, IpAddress to, ByteBuffer payload);

    /// The other side said that nobody is listening at `remote`, where we had sent something.
    default void onUnreachable(UdpPort port, IpPort remote) {}
}
