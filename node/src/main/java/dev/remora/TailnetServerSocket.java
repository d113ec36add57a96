package dev.remora;

import dev.remora.node.IncomingStream;
import dev.remora.node.Node;
import dev.remora.node.PortHandler;
import dev.remora.node.ServedPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A port of the tailnet as an ordinary server socket. While as many connections wait as the backlog holds, peers who want one more get no answer yet, as
/// with the sockets of Linux: they ask again every few seconds.
final class TailnetServerSocket extends ServerSocket implements PortHandler {
    private static final int BACKLOG = 128;

    private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>(BACKLOG);
    private final int port;
    private final Consumer<? super ServerSocket> onClosed;
    private @Nullable ServedPort served;

    /// Connections that are being made; counted on the loop.
    private int connecting;

    private volatile int timeoutMillis;
    private volatile boolean closed;

    /// A connection, or the end of the wait for one.
    private record Arrival(@Nullable BlockingStream stream) {
        static final Arrival END = new Arrival(null);
    }

    private TailnetServerSocket(int port, Consumer<? super ServerSocket> onClosed)
            throws IOException {
        this.port = port;
        this.onClosed = onClosed;
    }

    static TailnetServerSocket listen(Node node, int port, Consumer<? super ServerSocket> onClosed)
            throws IOException {
        TailnetServerSocket socket = new TailnetServerSocket(port, onClosed);
        socket.served =
                node.listen(port, socket)
                        .orElseThrow(() ->
                                new SocketException("port " + port + " is in use on this node"));
        return socket;
    }

    @Override
    public void onStream(IncomingStream incoming) {
        if (closed) {
            incoming.refuse();
        } else if (arrived.remainingCapacity() <= connecting) {
            incoming.ignore();
        } else {
            BlockingStream stream = new BlockingStream();
            connecting++;
            stream.connected()
                    .whenComplete((connected, failure) -> {
                        connecting--;
                        if (failure == null) {
                            onConnected(connected);
                        }
                    });
            if (incoming.accept(stream).isEmpty()) {
                connecting--; // the peer has given up
            }
        }
    }

    private void onConnected(BlockingStream stream) {
        if (closed || !arrived.offer(new Arrival(stream))) {
            stream.close();
        } else if (closed) {
            closeWaiting(); // it came between the last look and the end
        }
    }

    @Override
    public Socket accept() throws IOException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
        BlockingStream stream = next().stream();
        if (stream == null) {
            arrived.offer(Arrival.END); // whoever else waits must wake up, too
            throw new SocketException("Socket closed");
        }
        return TailnetSocketImpl.socket(stream);
    }

    private Arrival next() throws IOException {
        try {
            if (timeoutMillis == 0) {
                return arrived.take();
            }
            Arrival arrival = arrived.poll(timeoutMillis, TimeUnit.MILLISECONDS);
            if (arrival == null) {
                throw new SocketTimeoutException(
                        "nobody connected within " + timeoutMillis + " ms");
            }
            return arrival;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new SocketException("Closed by interrupt");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (served != null) {
            served.close();
        }
        closeWaiting();
        onClosed.accept(this);
    }

    private void closeWaiting() {
        for (Arrival waiting; (waiting = arrived.poll()) != null; ) {
            if (waiting.stream() != null) {
                waiting.stream().close();
            }
        }
        arrived.offer(Arrival.END);
    }

    @Override
    public int getLocalPort() {
        return port;
    }

    @Override
    public InetAddress getInetAddress() {
        return InetAddress.ofLiteral("0.0.0.0");
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return new InetSocketAddress(getInetAddress(), port);
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void setSoTimeout(int millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    // What follows would make a socket of the operating system, of which there is none here.

    @Override
    public void bind(SocketAddress endpoint, int backlog) throws IOException {
        throw new SocketException("Already bound");
    }

    @Override
    public void setReuseAddress(boolean on) {}

    @Override
    public boolean getReuseAddress() {
        return false;
    }

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() {
        return 64 * 1024;
    }

    @Override
    public <T> ServerSocket setOption(SocketOption<T> name, T value) {
        throw new UnsupportedOperationException(name + " is not supported");
    }

    @Override
    public <T> T getOption(SocketOption<T> name) {
        throw new UnsupportedOperationException(name + " is not supported");
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public String toString() {
        return "ServerSocket[tailnet port " + port + "]";
    }
}
