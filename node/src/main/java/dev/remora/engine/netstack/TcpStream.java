package dev.remora.engine.netstack;

import dev.remora.crypto.NodeKey;
import dev.remora.proto.tcp.Flow;
import dev.remora.proto.tcp.TcpConnection;
import dev.remora.proto.tcp.TcpEvent;
import dev.remora.proto.tcp.TcpOut;
import dev.remora.proto.tcp.TcpStats;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A TCP connection as its owner sees it. Bytes come to the [StreamHandler]; what is written goes out with the next
/// [NetStack#endOfBatch]. All methods are for the stack's thread, times are the stack's.
///
/// The stream ends with [TcpEvent.Closed], and nothing of it remains then. Until that comes, [#close] or [#abort] is the owner's
/// duty even after both directions have finished.
public final class TcpStream extends TimerHeap.Timed implements TcpEntry {
    private final TcpStack stack;
    private final Flow flow;
    private final NodeKey peer;
    private final @Nullable PeerUsage usage;
    private final StreamHandler handler;
    private final Output output = new Output();
    private @Nullable TcpConnection connection;

    private boolean busy;
    private boolean touched;
    private boolean gotSegments;
    private boolean handshaking = true;
    private boolean connectedTold;
    private boolean writeAgain;
    private Ending asked = Ending.NONE;
    private long lastActive = -1;

    /// What the owner asked for while the stream was busy; the later ones include the earlier.
    private enum Ending {
        NONE,
        SHUTDOWN,
        CLOSE,
        ABORT
    }

    TcpStream(
            TcpStack stack,
            Flow flow,
            NodeKey peer,
            @Nullable PeerUsage usage,
            StreamHandler handler) {
        this.stack = stack;
        this.flow = flow;
        this.peer = peer;
        this.usage = usage;
        this.handler = handler;
    }

    /// Both ends' addresses and ports.
    @Override
    public Flow flow() {
        return flow;
    }

    /// The node at the other end of the tunnel.
    public NodeKey peer() {
        return peer;
    }

    /// How much [#write] would take now.
    public long writable() {
        return busy ? 0 : connection().writable();
    }

    /// Queues bytes for sending, as many as there is room for, and advances the position of `src`. When not all were taken, a
    /// [TcpEvent.Writable] follows as soon as there is room again.
    public int write(ByteBuffer src, long now) {
        if (busy) {
            writeAgain = true;
            touch();
            return 0;
        }
        int taken = connection().write(src, now);
        touch();
        return taken;
    }

    /// How many received bytes wait for the owner.
    public int readable() {
        return connection().readable();
    }

    /// Copies waiting bytes out; returns how many.
    public int read(ByteBuffer into, long now) {
        if (busy) {
            return 0;
        }
        int copied = connection().read(into, now, output);
        touch();
        return copied;
    }

    /// The owner takes bytes again: those that wait are offered to its handler, and what comes then.
    public void resume(long now) {
        if (busy || !connectedTold) {
            return;
        }
        while (connection().readable() > 0) {
            ByteBuffer payload = connection().peek();
            int length = payload.remaining();
            offer(payload);
            int taken = length - payload.remaining();
            connection().consume(taken, now, output);
            if (taken < length) {
                break;
            }
        }
        touch();
    }

    /// No more writes: the peer sees the end of the stream after everything written. The other direction stays open.
    public void shutdownOutput() {
        ask(Ending.SHUTDOWN);
    }

    /// Both directions are done: what was written is still sent; bytes that come later, or that were not read, reset the connection.
    public void close() {
        ask(Ending.CLOSE);
    }

    /// Ends the stream with a reset; what was queued is dropped.
    public void abort() {
        ask(Ending.ABORT);
    }

    private void ask(Ending ending) {
        if (ending.compareTo(asked) > 0) {
            asked = ending;
            touch();
        }
    }

    /// A look inside, for status and tests.
    public TcpStats stats() {
        return connection().stats();
    }

    void start(TcpConnection created) {
        connection = created;
        stack.schedule(this);
    }

    Output output() {
        return output;
    }

    StreamHandler handler() {
        return handler;
    }

    @Nullable PeerUsage usage() {
        return usage;
    }

    TcpConnection connection() {
        if (connection == null) {
            throw new IllegalStateException("not started");
        }
        return connection;
    }

    boolean isHandshaking() {
        return handshaking;
    }

    /// Notes the stream for the end of the batch.
    void touch() {
        if (!touched) {
            touched = true;
            stack.touched(this);
        }
    }

    void gotSegment() {
        gotSegments = true;
        touch();
    }

    /// Sends, acknowledges and ends what was asked for since the last batch.
    void endOfBatch(long now, MemoryBudget budget) {
        touched = false;
        try {
            lastActive = budget.countActive(lastActive, now);
            work(now);
        } finally {
            stack.schedule(this); // a stream without its timer would wait for ever
        }
    }

    private void work(long now) {
        TcpConnection live = connection();
        if (gotSegments) {
            gotSegments = false;
            live.endOfBatch(now, output);
        } else {
            live.flush(now, output);
        }
        Ending ending = asked;
        asked = Ending.NONE;
        switch (ending) {
            case NONE -> {}
            case SHUTDOWN -> live.shutdownOutput(now, output);
            case CLOSE -> live.close(now, output);
            case ABORT -> live.abort(now, output);
        }
        if (writeAgain) {
            writeAgain = false;
            stack.tell(this, new TcpEvent.Writable());
        }
    }

    void tell(TcpEvent event) {
        connectedTold |= event instanceof TcpEvent.Connected;
        handler.onEvent(this, event);
    }

    @Override
    long nextDeadline() {
        return connection().nextDeadline();
    }

    @Override
    void onTimer(long now) {
        if (gotSegments) {
            // acknowledgements that are in hand already come before a timer that would have been
            // stopped by them
            gotSegments = false;
            connection().endOfBatch(now, output);
        }
        connection().onTimer(now, output);
        touch();
    }

    private void offer(ByteBuffer payload) {
        busy = true;
        try {
            handler.onPayload(this, payload);
        } finally {
            busy = false;
        }
    }

    @Override
    public String toString() {
        return flow.remote() + ":" + flow.remotePort() + " at port " + flow.localPort();
    }

    /// Where the connection's outputs go. Apart, because an owner has no business here.
    final class Output implements TcpOut {
        @Override
        public ByteBuffer begin(int maxLength) {
            return stack.sink().begin(maxLength);
        }

        @Override
        public void end(ByteBuffer packet) {
            stack.sink().end(packet);
        }

        @Override
        public void deliver(TcpConnection from, ByteBuffer payload) {
            if (connectedTold) {
                offer(payload);
            }
        }

        @Override
        public void on(TcpConnection from, TcpEvent event) {
            switch (event) {
                case TcpEvent.Connected connected -> {
                    handshaking = false;
                    stack.onConnected(TcpStream.this);
                }
                case TcpEvent.Closed closed -> stack.onClosed(TcpStream.this, closed);
                case TcpEvent.Readable readable -> {}
                case TcpEvent.Writable writable -> {}
                case TcpEvent.PeerFinished finished -> {}
            }
            stack.tell(TcpStream.this, event);
        }
    }
}
