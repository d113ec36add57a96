package dev.remora.testing;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.PacketSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A [PacketSink] that keeps what is written, and insists on how a sink is used.
public final class Packets implements PacketSink {
    private final List<ByteBuffer> packets = new ArrayList<>();
    private ByteBuffer begun = ByteBuffer.allocate(0);
    private @Nullable RuntimeException failure;

    @Override
    public ByteBuffer begin(int maxLength) {
        int length = HEADROOM + maxLength + TAILROOM;
        begun = ByteBuffer.allocateDirect(length).slice(HEADROOM, maxLength);
        return begun;
    }

    @Override
    public void end(ByteBuffer packet) {
        if (packet != begun || packet.position() != 0) {
            throw new IllegalStateException("not the packet that was begun, or not at its start");
        }
        if (failure != null) {
            RuntimeException now = failure;
            failure = null;
            throw now;
        }
        packets.add(packet);
        begun = ByteBuffer.allocate(0);
    }

    /// The next packet does not get out.
    public void fail(RuntimeException with) {
        failure = with;
    }

    /// Everything written since the last call.
    public List<ByteBuffer> take() {
        List<ByteBuffer> taken = List.copyOf(packets);
        packets.clear();
        return taken;
    }

    /// The one packet that was written.
    public ByteBuffer single() {
        List<ByteBuffer> taken = take();
        if (taken.size() != 1) {
            throw new AssertionError("want one packet, got " + taken.size());
        }
        return taken.getFirst();
    }

    public static String hex(ByteBuffer packet) {
        byte[] bytes = new byte[packet.remaining()];
        packet.duplicate().get(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    public static ByteBuffer ofHex(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /// An address that a test knows to be one.
    public static IpAddress ip(String text) {
        try {
            return IpAddress.parse(text);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /// A packet that a test knows to be one.
    public static IpPacket packet(ByteBuffer bytes) {
        try {
            return IpPacket.of(bytes);
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e.reason(), e);
        }
    }
}
