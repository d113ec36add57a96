package dev.remora.proto.tcp;

import com.sun.management.ThreadMXBean;
import dev.remora.base.MalformedException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What a segment costs: two connections back to back in memory, batches of 48 packets, no tunnel. Prints Gbit/s and
/// nanoseconds for each segment, both ends together, in CPU time of the thread. Run `main` by hand.
public final class TcpBenchmark {
    private static final int BATCH = 48;
    private static final int WRITE = 64 * 1024;

    private TcpBenchmark() {}

    public static void main(String[] arguments) {
        for (int round = 0; round < 8; round++) {
            run(2_000_000_000L);
        }
    }

    private static void run(long bytes) {
        Flow flow = SegmentText.flow(true);
        End client = new End(flow.reversed());
        End server = new End(flow);
        long now = 1_000_000;
        client.connection =
                TcpConnection.connect(
                        TcpConfig.defaults(),
                        client.flow,
                        new InitialNumbers.Start(1, 2),
                        client.memory,
                        now,
                        client);
        ByteBuffer source = ByteBuffer.allocateDirect(WRITE);
        long allocatedBefore = threads().getCurrentThreadAllocatedBytes();
        long cpuBefore = threads().getCurrentThreadCpuTime();
        long began = System.nanoTime();
        long written = 0;
        while (server.received < bytes) {
            now = 1_000_000 + System.nanoTime() - began;
            if (client.connected) {
                source.clear();
                written += client.connection().write(source, now);
                client.connection().flush(now, client);
            }
            server.receive(client, now);
            client.receive(server, now);
            now = 1_000_000 + System.nanoTime() - began;
            client.timers(now);
            server.timers(now);
        }
        long nanos = threads().getCurrentThreadCpuTime() - cpuBefore;
        System.out.printf(
                "%.1f Gbit/s, %.0f ns a segment, %d segments, %d ACKs, %.1f bytes allocated a segment%n",
                bytes * 8.0 / nanos,
                (double) nanos / client.sent,
                client.sent,
                server.sent,
                (double) (threads().getCurrentThreadAllocatedBytes() - allocatedBefore)
                        / client.sent);
    }

    private static ThreadMXBean threads() {
        return (ThreadMXBean) ManagementFactory.getThreadMXBean();
    }

    /// One end with the packets on their way to the other.
    private static final class End implements TcpOut {
        private final Flow flow;
        private final CountingMemory memory = CountingMemory.plenty();
        private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
        private final ArrayDeque<ByteBuffer> outgoing = new ArrayDeque<>();
        private final TcpSegment segment = new TcpSegment();
        private @Nullable TcpConnection connection;
        private boolean connected;
        private long received;
        private long sent;

        End(Flow flow) {
            this.flow = flow;
        }

        TcpConnection connection() {
            if (connection == null) {
                throw new IllegalStateException("no connection yet");
            }
            return connection;
        }

        void receive(End other, long now) {
            while (!other.outgoing.isEmpty()) {
                for (int i = 0; i < BATCH && !other.outgoing.isEmpty(); i++) {
                    ByteBuffer packet = other.outgoing.remove();
                    onPacket(packet, now);
                    other.free.push(packet);
                }
                if (connection != null) {
                    connection.endOfBatch(now, this);
                }
            }
        }

        private void onPacket(ByteBuffer packet, long now) {
            try {
                segment.parse(packet, 20, packet.limit());
            } catch (MalformedException e) {
                throw new IllegalStateException(e);
            }
            if (connection == null) {
                InitialNumbers.Start start = new InitialNumbers.Start(3, 4);
                connection =
                        TcpConnection.accept(
                                TcpConfig.defaults(), flow, segment, start, memory, now, this);
            } else {
                connection.onSegment(segment, now, this);
            }
        }

        void timers(long now) {
            if (connection != null && connection.nextDeadline() <= now) {
                connection.onTimer(now, this);
            }
        }

        @Override
        public ByteBuffer begin(int maxLength) {
            ByteBuffer packet = free.poll();
            return packet == null ? ByteBuffer.allocateDirect(1400) : packet.clear();
        }

        @Override
        public void end(ByteBuffer packet) {
            sent++;
            outgoing.add(packet);
        }

        @Override
        public void deliver(TcpConnection from, ByteBuffer payload) {
            received += payload.remaining();
            payload.position(payload.limit());
        }

        @Override
        public void on(TcpConnection from, TcpEvent event) {
            connected |= event instanceof TcpEvent.Connected;
        }
    }
}
