package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.PacketSink;
import dev.remora.proto.ip.QuotedPacket;
import dev.remora.proto.ip.UdpPacket;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/// The UDP half of the stack: ports and the datagrams to and from them.
final class UdpStack {
    private final Bindings<UdpPort> ports = new Bindings<>();
    private final PacketSink sink;
    private final RandomGenerator random;
    private int open;

    /// @param sink takes datagrams of any length
    UdpStack(PacketSink sink, RandomGenerator random) {
        this.sink = sink;
        this.random = random;
    }

    /// Takes a port; port 0 stands for any free one. Empty if it is taken.
    Optional<UdpPort> bind(Optional<IpAddress> ip, int port, UdpHandler handler) {
        OptionalInt number = port == 0 ? freePort(ip) : OptionalInt.of(port);
        if (number.isEmpty()) {
            return Optional.empty();
        }
        UdpPort bound = new UdpPort(this, ip, number.getAsInt(), handler);
        if (!ports.bind(ip, bound.port(), bound)) {
            return Optional.empty();
        }
        open++;
        return Optional.of(bound);
    }

    private OptionalInt freePort(Optional<IpAddress> ip) {
        return random.ints(256, Ports.FIRST, Ports.LAST + 1)
                .filter(port -> ports.find(ip.orElse(IpAddress.ANY_V4), port) == null)
                .findFirst();
    }

    void close(UdpPort port) {
        if (ports.find(port.ip().orElse(IpAddress.ANY_V4), port.port()) == port) {
            ports.release(port.ip(), port.port());
            open--;
        }
    }

    int open() {
        return open;
    }

    /// Hands a datagram to whom it is for. False if nobody has the port.
    boolean onPacket(IpPacket packet) throws MalformedException {
        UdpPacket datagram = UdpPacket.of(packet);
        IpAddress to = packet.dst();
        UdpPort port = ports.find(to, packet.dstPort());
        if (port == null) {
            return false;
        }
        port.handler().onDatagram(port, datagram.src(), to, datagram.payload());
        return true;
    }

    /// An ICMP error says that a datagram of ours did not arrive.
    void onUnreachable(QuotedPacket quoted) {
        UdpPort port = ports.find(quoted.src().ip(), quoted.src().port());
        if (port != null) {
            port.handler().onUnreachable(port, quoted.dst());
        }
    }

    void send(UdpPort port, IpAddress from, IpPort to, ByteBuffer payload) {
        IpHeader header = new IpHeader(from, to.ip(), IpProtocol.UDP, random.nextInt());
        UdpPacket.write(header, port.port(), to.port(), payload, sink);
    }
}
