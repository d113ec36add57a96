package dev.remora.engine.netstack;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;
import dev.remora.proto.ip.Checksum;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.testing.Segments;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A stack that serves a port and has an open stream, fed with whatever a peer can make up. It may answer or not, but must
/// stay within its memory and end when all is over.
class NetStackFuzzTest {
    private static final byte[] PROTOCOLS = {
        IpProtocol.TCP, IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP, IpProtocol.TSMP
    };

    /// Each group of bytes is the transport part of a packet with right addresses and checksum, so that it gets beyond the
    /// first checks: one byte protocol, one byte length, then the bytes.
    @FuzzTest(maxDuration = "20s")
    void transport(byte[] input) {
        Stack net = open();
        ByteBuffer in = ByteBuffer.wrap(input);
        while (in.remaining() > 2) {
            int protocol = PROTOCOLS[(in.get() & 0xff) % PROTOCOLS.length];
            byte[] bytes = new byte[Math.min(in.get() & 0xff, in.remaining())];
            in.get(bytes);
            give(net, packet(protocol, bytes));
            net.runUntil(net.now + 1_000_000L * bytes.length);
            net.flush();
            for (ConnectRequest request : net.requests) {
                request.accept(net, net.now);
            }
            net.requests.clear();
        }
        end(net);
    }

    /// Each group of bytes is a whole packet: two bytes length, then the bytes.
    @FuzzTest(maxDuration = "10s")
    void whole(byte[] input) {
        Stack net = open();
        ByteBuffer in = ByteBuffer.wrap(input);
        while (in.remaining() > 2) {
            byte[] bytes = new byte[Math.min(in.getShort() & 0x7ff, in.remaining())];
            in.get(bytes);
            give(net, ByteBuffer.wrap(bytes));
            net.flush();
        }
        end(net);
    }

    private static Stack open() {
        Stack net = new Stack(NetStackConfig.withMemory(1 << 20));
        net.listen(80);
        net.stack.bind(Optional.empty(), 53, new DatagramQueue()).orElseThrow();
        byte[] none = {};
        net.give(Segments.segment(Stack.PEER, 1, Stack.OWN, 80, Segments.SYN, 0, 0, none));
        net.requests.removeFirst().accept(net, 0);
        int iss = Segments.seq(net.flush().getFirst());
        net.give(Segments.segment(Stack.PEER, 1, Stack.OWN, 80, Segments.ACK, 1, iss + 1, none));
        return net;
    }

    private static ByteBuffer packet(int protocol, byte[] bytes) {
        IpHeader header = new IpHeader(Stack.PEER, Stack.OWN, protocol, 0);
        ByteBuffer packet = ByteBuffer.allocate(header.length() + bytes.length);
        header.write(packet, bytes.length);
        int at = packet.position();
        packet.put(bytes).flip();
        int field = protocol == IpProtocol.TCP ? 16 : protocol == IpProtocol.UDP ? 6 : 2;
        if (bytes.length >= field + 2) {
            packet.putShort(at + field, (short) 0);
            long sum = Checksum.sum(packet, at, bytes.length);
            sum += protocol == IpProtocol.ICMP ? 0 : header.pseudoHeader(bytes.length);
            packet.putShort(at + field, (short) Checksum.finish(sum));
        }
        return packet;
    }

    private static void give(Stack net, ByteBuffer bytes) {
        try {
            net.give(IpPacket.of(bytes));
        } catch (MalformedException refused) {
            return; // the data plane drops it
        }
    }

    private static void end(Stack net) {
        NetStackStats stats = net.stack.stats();
        if (stats.allocatedBytes() > stats.limitBytes()) {
            throw new AssertionError("memory beyond the budget: " + stats);
        }
        net.stack.onPeerGone(Stack.PEER_KEY, net.now);
        net.runUntil(net.now + 200_000_000_000L);
        stats = net.stack.stats();
        if (stats.streams() + stats.requests() + stats.halfOpen() + stats.timers() != 0
                || stats.usedBytes() != 0) {
            throw new AssertionError("something is left: " + stats);
        }
    }
}
