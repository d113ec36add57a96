package dev.remora.proto.tcp;

import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One end of a simulated connection with its application: writes so many bytes as it can and then shuts down, reads
/// everything or, if it is a moody one, only now and then.
final class SimulatedHost implements TcpOut {
    private final Flow flow;
    private final SimulatedLink outgoing;
    private final CountingMemory memory;
    private final TcpConfig config;
    private final InitialNumbers.Start start;
    private final RandomGenerator random;
    private final double moody;
    private final long toSend;
    private final TcpSegment segment = new TcpSegment();

    private @Nullable TcpConnection connection;
    private @Nullable TimeWait timeWait;
    private TcpEvent.@Nullable Closed closed;
    private long now;
    private long written;
    private long received;
    private boolean peerFinished;
    private boolean connected;
    private PathKind path = PathKind.DIRECT;
    private long edge = Long.MIN_VALUE;
    private long finishedAt;

    SimulatedHost(
            Flow flow,
            TcpConfig config,
            SimulatedLink outgoing,
            long toSend,
            double moody,
            int chunks,
            RandomGenerator random) {
        memory = new CountingMemory(chunks);
        this.flow = flow;
        this.config = config;
        this.outgoing = outgoing;
        this.toSend = toSend;
        this.moody = moody;
        this.random = random;
        start = new InitialNumbers.Start(random.nextInt(), random.nextInt());
    }

    void connect() {
        connection = TcpConnection.connect(config, flow, start, memory, now, this);
        connection.onPathChange(path, now);
    }

    /// What a connection that begins later is told about its path.
    void path(PathKind kind) {
        path = kind;
    }

    long received() {
        return received;
    }

    boolean peerFinished() {
        return peerFinished;
    }

    TcpEvent.@Nullable Closed closed() {
        return closed;
    }

    /// When the peer's last byte was here.
    long finishedAt() {
        return finishedAt;
    }

    CountingMemory memory() {
        return memory;
    }

    TcpConnection connection() {
        if (connection == null) {
            throw new IllegalStateException("no connection yet");
        }
        return connection;
    }

    /// Takes what has arrived at `at`, as one batch.
    void receive(SimulatedLink incoming, long at) {
        now = at;
        while (incoming.nextAt() <= at) {
            onPacket(incoming.receive());
        }
        if (connection != null) {
            connection.endOfBatch(now, this);
            work();
        }
    }

    private void onPacket(ByteBuffer packet) {
        TcpSegment parsed = SegmentText.parse(packet);
        ByteBuffer bytes = packet;
        try {
            segment.parse(bytes, flow.ipHeaderLength(), bytes.limit());
        } catch (MalformedException e) {
            throw new AssertionError(parsed + " is malformed", e);
        }
        if (timeWait != null) {
            timeWait.onSegment(segment, now, this);
        } else if (connection != null) {
            connection.onSegment(segment, now, this);
        } else if (segment.has(TcpSegment.SYN)) {
            connection = TcpConnection.accept(config, flow, segment, start, memory, now, this);
            connection.onPathChange(path, now);
        }
    }

    long nextDeadline() {
        return connection == null || closed != null ? Long.MAX_VALUE : connection.nextDeadline();
    }

    void onTimer(long at) {
        now = at;
        connection().onTimer(at, this);
        work();
        if (closed == null && connection().nextDeadline() <= at) {
            throw new AssertionError("a deadline stays overdue: " + connection());
        }
    }

    /// What the application does whenever it gets a turn.
    void work() {
        if (closed != null || connection == null) {
            return;
        }
        while (written < toSend && connection.writable() > 0) {
            int length =
                    (int) Math.min(Math.min(connection.writable(), toSend - written), 64 * 1024);
            int taken = connection.write(Stream.bytes(1 + written, length), now);
            written += taken;
            if (taken < length) {
                break;
            }
        }
        if (written == toSend && connected) {
            connection.shutdownOutput(now, this);
        }
        connection.flush(now, this);
        readStored();
    }

    private void readStored() {
        while (closed == null && connection().readable() > 0 && random.nextDouble() >= moody) {
            ByteBuffer bytes = connection().peek();
            int length = moody > 0 ? 1 + random.nextInt(bytes.remaining()) : bytes.remaining();
            Stream.check(bytes.limit(bytes.position() + length), 1 + received);
            received += length;
            connection().consume(length, now, this);
        }
    }

    /// The application of a host that waits for nothing would be asked again by its own event loop.
    boolean hasStored() {
        return closed == null && connection != null && connection.readable() > 0;
    }

    @Override
    public ByteBuffer begin(int maxLength) {
        return ByteBuffer.allocateDirect(maxLength);
    }

    @Override
    public void end(ByteBuffer packet) {
        checkEdge(packet);
        outgoing.send(packet, now);
    }

    private void checkEdge(ByteBuffer packet) {
        TcpSegment sent = SegmentText.parse(packet);
        if (!connected || sent.has(TcpSegment.SYN) || sent.has(TcpSegment.RST)) {
            return;
        }
        long right = Seq.unwrap(0, sent.ack(), 0) + ((long) sent.window() << config.windowShift());
        if (edge != Long.MIN_VALUE && (int) (right - edge) < 0) {
            throw new AssertionError("the right edge moved left by " + (int) (edge - right));
        }
        edge = right;
    }

    @Override
    public void deliver(TcpConnection from, ByteBuffer payload) {
        if (random.nextDouble() < moody) {
            return;
        }
        Stream.check(payload, 1 + received);
        received += payload.remaining();
        payload.position(payload.limit());
    }

    @Override
    public void on(TcpConnection from, TcpEvent event) {
        switch (event) {
            case TcpEvent.Connected() -> connected = true;
            case TcpEvent.PeerFinished() -> {
                peerFinished = true;
                finishedAt = now;
            }
            case TcpEvent.Closed over -> {
                if (closed != null) {
                    throw new AssertionError("closed twice");
                }
                closed = over;
                timeWait = over.timeWait().orElse(null);
            }
            case TcpEvent.Readable(), TcpEvent.Writable() -> {}
        }
    }

    void checkCounters() {
        if (connection != null) {
            connection.checkCounters();
        }
    }
}
