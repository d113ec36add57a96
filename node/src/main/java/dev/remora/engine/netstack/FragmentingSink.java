package dev.remora.engine.netstack;

import dev.remora.base.MalformedException;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.PacketSink;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Cuts packets that are too long for the tunnel into fragments, and passes the others on as they are. For UDP and ICMP; TCP keeps its segments small.
final class FragmentingSink implements PacketSink {
    private final PacketSink sink;
    private final int mtu;
    private final RandomGenerator random;

    /// What is being written, if it does not fit.
    private @Nullable ByteBuffer large;

    FragmentingSink(PacketSink sink, int mtu, RandomGenerator random) {
        this.sink = sink;
        this.mtu = mtu;
        this.random = random;
    }

    @Override
    public ByteBuffer begin(int maxLength) {
        large = maxLength > mtu ? ByteBuffer.allocate(maxLength) : null;
        return large == null ? sink.begin(maxLength) : large;
    }

    @Override
    public void end(ByteBuffer packet) {
        if (large == null) {
            sink.end(packet);
            return;
        }
        large = null;
        try {
            cut(IpPacket.of(packet));
        } catch (MalformedException e) {
            throw new IllegalStateException("we wrote a packet that is none: " + e.reason());
        }
    }

    private void cut(IpPacket packet) {
        IpHeader header = new IpHeader(packet.src(), packet.dst(), packet.protocol(), packet.id());
        int id = packet.v4() ? packet.id() : random.nextInt();
        int most = mtu - header.fragmentHeaderLength() & ~7;
        int end = packet.transportLength();
        for (int offset = 0; offset < end; offset += most) {
            int length = Math.min(most, end - offset);
            ByteBuffer out = sink.begin(header.fragmentHeaderLength() + length);
            header.writeFragment(out, length, offset, offset + length < end, id);
            out.put(out.position(), packet.bytes(), packet.transportOffset() + offset, length)
                    .position(out.position() + length);
            sink.end(out.flip());
        }
    }
}
