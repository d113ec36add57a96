package dev.remora.proto.tcp;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MINUTES;

import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;

/// A connection, open and in the middle of sending, and a peer that sends it whatever some bytes say. What may not
/// happen, whatever they say: an exception, wrong counters, unbounded output or memory, a connection that never ends.
final class FuzzedPeer implements TcpOut {
    private static final int MOST_PACKETS_PER_STEP = 20_000;

    private final Flow flow = SegmentText.flow(true);
    private final CountingMemory memory = new CountingMemory(1000);
    private final TcpSegment segment = new TcpSegment();
    private final TcpConnection connection;
    private long now = 1;
    private int packetsInStep;
    private int received = 1;
    private int sent = 1;
    private boolean over;
    private boolean taking = true;

    FuzzedPeer() {
        ByteBuffer options = ByteBuffer.allocate(8);
        TcpOptions.writeSyn(options, 1000, true, -1, false, 0, 0);
        parse(SegmentText.packet(flow, TcpSegment.SYN, 0, 0, 0xffff, options.flip(), 0, 0));
        InitialNumbers.Start start = new InitialNumbers.Start(0, 0);
        connection =
                TcpConnection.accept(TcpConfig.defaults(), flow, segment, start, memory, now, this);
        parse(SegmentText.packet(flow, TcpSegment.ACK, 1, 1, 0xffff, ByteBuffer.allocate(0), 1, 0));
        connection.onSegment(segment, now, this);
        connection.endOfBatch(now, this);
        connection.write(ByteBuffer.allocateDirect(50_000), now);
        connection.flush(now, this);
    }

    boolean over() {
        return over;
    }

    void step(byte[] b) {
        packetsInStep = 0;
        switch (b[0] & 7) {
            case 0 -> advance(MICROSECONDS.toNanos(1L << (b[1] & 31)));
            case 1 -> own(b);
            default -> inject(b);
        }
        if (!over) {
            connection.checkCounters();
        }
        if (memory.held() > 900) {
            throw new AssertionError("holds " + memory.held() + " chunks");
        }
    }

    private void inject(byte[] b) {
        int seq = received + (b[2] < -100 ? b[2] << 12 : b[2] * 11);
        int ack = sent - (b[3] & 0xff) * ((b[0] & 8) != 0 ? 1000 : 7) + (b[0] & 16);
        int length = (b[0] & 32) != 0 ? (b[4] & 0xff) * 4 : 0;
        ByteBuffer options = ByteBuffer.allocate(20);
        if ((b[0] & 64) != 0) {
            int left = ack + (b[5] & 0xff) * 100;
            int right = left + (b[6] & 0x7f) * 100;
            TcpOptions.writeSackHead(options, 2);
            options.putInt(left).putInt(right).putInt(right + b[7] * 50).putInt(right + b[7] * 150);
        }
        int flags = TcpSegment.ACK | b[1] & (b[7] == 77 ? 0x3f : TcpSegment.FIN | TcpSegment.PSH);
        int window = (b[7] & 0xff) << 8;
        ByteBuffer packet =
                SegmentText.packet(flow, flags, seq, ack, window, options.flip(), 1, length);
        if (parse(packet)) {
            connection.onSegment(segment, now, this);
            if ((b[6] & 1) == 0) {
                connection.endOfBatch(now, this);
            }
        }
    }

    private void own(byte[] b) {
        switch (b[1] & 7) {
            case 0 -> connection.shutdownOutput(now, this);
            case 1 -> connection.close(now, this);
            case 2, 3 -> connection.write(ByteBuffer.allocateDirect((b[2] & 0xff) * 100), now);
            case 4 -> taking = !taking;
            case 5 -> connection.read(ByteBuffer.allocate(b[2] & 0xff), now, this);
            case 6 -> connection.onPathChange(b[2] < 0 ? PathKind.RELAYED : PathKind.DIRECT, now);
            default -> connection.onPacketTooBig(sent - b[2], (b[3] & 0xff) * 6);
        }
        connection.flush(now, this);
    }

    private void advance(long span) {
        long until = now + span;
        while (!over && connection.nextDeadline() <= until) {
            now = Math.max(now, connection.nextDeadline());
            connection.onTimer(now, this);
        }
        now = until;
    }

    /// Left alone, the connection gives up in the end, and gives everything back.
    void finish() {
        packetsInStep = 0;
        connection.close(now, this);
        advance(MINUTES.toNanos(60));
        if (!over || memory.held() != 0) {
            throw new AssertionError(
                    "still there after an hour: " + connection.stats() + ", " + memory.held());
        }
    }

    private boolean parse(ByteBuffer packet) {
        try {
            segment.parse(packet, 20, packet.limit());
            return true;
        } catch (MalformedException e) {
            return false;
        }
    }

    @Override
    public ByteBuffer begin(int maxLength) {
        return ByteBuffer.allocateDirect(maxLength);
    }

    @Override
    public void end(ByteBuffer packet) {
        if (++packetsInStep > MOST_PACKETS_PER_STEP) {
            throw new AssertionError("does not stop sending");
        }
        TcpSegment written = SegmentText.parse(packet);
        received = written.has(TcpSegment.ACK) ? written.ack() : received;
        sent = written.seq() + written.length();
    }

    @Override
    public void deliver(TcpConnection from, ByteBuffer payload) {
        if (taking) {
            payload.position(payload.limit());
        }
    }

    @Override
    public void on(TcpConnection from, TcpEvent event) {
        if (over) {
            throw new AssertionError(event + " after the end");
        }
        over = event instanceof TcpEvent.Closed;
    }
}
