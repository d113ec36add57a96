package dev.remora.server.relay;

import dev.remora.crypto.NodeKey;
import dev.remora.proto.derp.DerpFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What is on its way to one client. As long as the client reads, everything goes straight into its channel; what comes
/// while the channel is full waits here, each kind within bounds of its own.
final class Outbox {
    /// More notices than this can only wait for a client that does not read; they are advice, so the oldest go.
    private static final int MOST_NOTICES = 256;

    private final Channel channel;
    private final PacketQueue disco;
    private final PacketQueue data;
    private final Map<NodeKey, DerpFrame> notices = new LinkedHashMap<>(0);
    private OptionalLong pong = OptionalLong.empty();
    private boolean discoTurn;
    private boolean flushPlanned;

    Outbox(Channel channel, QueueBudget budget, RelayCounts counts) {
        this.channel = channel;
        this.disco = new PacketQueue(budget, counts);
        this.data = new PacketQueue(budget, counts);
    }

    /// A frame in a buffer of its own. Not in direct memory: TLS works on arrays.
    static ByteBuf bytesOf(ByteBufAllocator allocator, DerpFrame frame) {
        int length = frame.length();
        ByteBuf bytes = allocator.heapBuffer(length, length);
        frame.writeTo(bytes.nioBuffer(0, length));
        return bytes.writerIndex(length);
    }

    /// Sends a packet, or queues a copy of it.
    void packet(NodeKey from, ByteBuffer packet, boolean isDisco) {
        ByteBuf frame = bytesOf(channel.alloc(), new DerpFrame.RecvPacket(from, packet));
        PacketQueue queue = isDisco ? disco : data;
        if (queue.isEmpty() && channel.isWritable()) {
            write(frame);
        } else {
            queue.add(from, frame);
        }
    }

    /// Tells that a peer is not, or no longer, to be reached here; the later reason counts.
    void peerGone(NodeKey peer, int reason) {
        if (notices.size() == MOST_NOTICES) {
            Iterator<NodeKey> oldest = notices.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        notice(peer, new DerpFrame.PeerGone(peer, reason));
    }

    /// Tells something about a peer, once the client reads; the later news counts. For relays of the region, who must
    /// miss nothing: there is at most one for each client, and who does not read is hung up on before long.
    void notice(NodeKey peer, DerpFrame news) {
        notices.put(peer, news);
        drain();
    }

    /// Answers a ping; only one waits while the client does not read.
    void pong(long echoed) {
        pong = OptionalLong.of(echoed);
        drain();
    }

    /// Sends what is left out when the client does not read anyway.
    void passing(DerpFrame frame) {
        if (channel.isWritable()) {
            write(bytesOf(channel.alloc(), frame));
        }
    }

    /// Sends in any case. For the few frames that a connection has once.
    void always(DerpFrame frame) {
        write(bytesOf(channel.alloc(), frame));
    }

    /// Sends what waits, as far as the client reads.
    void drain() {
        while (channel.isWritable()) {
            ByteBuf next = next();
            if (next == null) {
                return;
            }
            write(next);
        }
    }

    /// Notices first, as what they are about may have ended long ago. Disco and data take turns, so neither starves.
    private @Nullable ByteBuf next() {
        if (!notices.isEmpty()) {
            Map.Entry<NodeKey, DerpFrame> first = notices.entrySet().iterator().next();
            notices.remove(first.getKey());
            return bytesOf(channel.alloc(), first.getValue());
        }
        if (pong.isPresent()) {
            DerpFrame answer = new DerpFrame.Pong(pong.getAsLong());
            pong = OptionalLong.empty();
            return bytesOf(channel.alloc(), answer);
        }
        discoTurn = !discoTurn;
        ByteBuf frame = (discoTurn ? disco : data).poll();
        return frame != null ? frame : (discoTurn ? data : disco).poll();
    }

    /// Flushed at the end of this wake-up of the loop, so that frames share TLS records and system calls.
    private void write(ByteBuf frame) {
        channel.write(frame, channel.voidPromise());
        if (!flushPlanned) {
            flushPlanned = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    private void flush() {
        flushPlanned = false;
        channel.flush();
    }

    /// Lets go of what waits.
    void clear() {
        notices.clear();
        pong = OptionalLong.empty();
        disco.clear();
        data.clear();
    }
}
