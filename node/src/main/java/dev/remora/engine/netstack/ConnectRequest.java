package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.Deadlines;
import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.tcp.Flow;
import java.util.Optional;

/// A peer's wish for a connection, not answered yet: just its SYN, no connection. Exactly one of [#accept], [#refuse] and
/// [#ignore] decides; after the decision, or when the peer gave up, all of them do nothing.
public final class ConnectRequest extends TimerHeap.Timed implements TcpEntry {
    /// A peer that has not repeated its SYN for this long is taken to have given up.
    private static final long PATIENCE = SECONDS.toNanos(3);

    private final TcpStack stack;
    private final TcpListener listener;
    private final Flow flow;
    private final NodeKey peer;
    private final PeerUsage usage;
    private final byte[] syn;
    private long expiresAt;
    private boolean open = true;

    ConnectRequest(
            TcpStack stack,
            TcpListener listener,
            Flow flow,
            NodeKey peer,
            PeerUsage usage,
            byte[] syn,
            long now) {
        this.stack = stack;
        this.listener = listener;
        this.flow = flow;
        this.peer = peer;
        this.usage = usage;
        this.syn = syn;
        expiresAt = now + PATIENCE;
    }

    @Override
    public Flow flow() {
        return flow;
    }

    /// Who asks: the node through whose tunnel the SYN came.
    public NodeKey peer() {
        return peer;
    }

    /// Where it comes from.
    public IpPort from() {
        return new IpPort(flow.remote(), flow.remotePort());
    }

    /// Whether a decision is still wanted.
    public boolean isOpen() {
        return open;
    }

    /// Completes the handshake. Empty if it is too late.
    public Optional<TcpStream> accept(StreamHandler handler, long now) {
        return open ? Optional.of(stack.accept(this, handler, now)) : Optional.empty();
    }

    /// Answers as a closed port does: the peer's connect fails at once.
    public void refuse() {
        if (open) {
            stack.refuse(this);
        }
    }

    /// Forgets the request without an answer. The peer repeats its SYN after a second or more, and is asked about again.
    public void ignore() {
        if (open) {
            stack.forget(this);
        }
    }

    TcpListener listener() {
        return listener;
    }

    PeerUsage usage() {
        return usage;
    }

    byte[] syn() {
        return syn;
    }

    void repeated(long now) {
        expiresAt = now + PATIENCE;
    }

    void decided() {
        open = false;
    }

    @Override
    long nextDeadline() {
        return open ? expiresAt : Deadlines.NEVER;
    }

    @Override
    void onTimer(long now) {
        stack.cancel(this);
    }

    @Override
    public String toString() {
        return from() + " to port " + flow.localPort();
    }
}
