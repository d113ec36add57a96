package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import java.util.Optional;

/// A served port. Whoever listens is asked about each new connection before the peer gets any answer.
public final class TcpListener {
    private final TcpStack stack;
    private final Optional<IpAddress> ip;
    private final int port;
    private final Handler handler;

    /// Who decides about new connections.
    public interface Handler {
        /// A peer wants to connect. Decide now or later with one of the request's methods; a repeated SYN does not ask again.
        void onRequest(ConnectRequest request);

        /// The peer gave up before there was a decision: whatever was begun for it can be stopped.
        default void onCancelled(ConnectRequest request) {}
    }

    TcpListener(TcpStack stack, Optional<IpAddress> ip, int port, Handler handler) {
        this.stack = stack;
        this.ip = ip;
        this.port = port;
        this.handler = handler;
    }

    /// The address it listens on, empty if on all of ours.
    public Optional<IpAddress> ip() {
        return ip;
    }

    public int port() {
        return port;
    }

    Handler handler() {
        return handler;
    }

    /// Stops listening: the port is closed as if never served. Requests without a decision are refused, streams go on.
    public void close(long now) {
        stack.close(this, now);
    }
}
