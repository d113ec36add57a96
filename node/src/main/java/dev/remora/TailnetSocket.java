package dev.remora;

import dev.remora.base.IpAddress;
import dev.remora.proto.tcp.Flow;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.UnknownHostException;

/// A TCP connection of the tailnet as an ordinary blocking socket; works well with virtual threads. Options that concern a kernel's socket are accepted
/// and change nothing.
final class TailnetSocket extends Socket {
    private final BlockingStream stream;
    private final Flow flow;
    private volatile int timeoutMillis;
    private volatile boolean closed;
    private volatile boolean inputShutdown;
    private volatile boolean outputShutdown;

    TailnetSocket(BlockingStream stream) throws SocketException {
        super((SocketImpl) null);
        this.stream = stream;
        this.flow = stream.channel().flow();
    }

    static InetAddress inet(IpAddress ip) {
        try {
            return InetAddress.getByAddress(ip.toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        checkOpen();
        return new Input();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        checkOpen();
        return new Output();
    }

    private void checkOpen() throws SocketException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            checkOpen();
            if (length == 0) {
                return 0;
            }
            return inputShutdown ? -1 : stream.read(into, offset, length, timeoutMillis);
        }

        @Override
        public int available() {
            return stream.available();
        }

        @Override
        public void close() throws IOException {
            TailnetSocket.this.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            checkOpen();
            stream.write(from, offset, length);
        }

        @Override
        public void close() throws IOException {
            TailnetSocket.this.close();
        }
    }

    @Override
    public void shutdownInput() throws IOException {
        checkOpen();
        inputShutdown = true;
    }

    @Override
    public void shutdownOutput() throws IOException {
        checkOpen();
        outputShutdown = true;
        stream.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            stream.close();
        }
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
        throw new SocketException("already connected");
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        throw new SocketException("already connected");
    }

    @Override
    public void bind(SocketAddress bindpoint) throws IOException {
        throw new SocketException("already bound");
    }

    @Override
    public InetAddress getInetAddress() {
        return inet(flow.remote());
    }

    @Override
    public InetAddress getLocalAddress() {
        return inet(flow.local());
    }

    @Override
    public int getPort() {
        return flow.remotePort();
    }

    @Override
    public int getLocalPort() {
        return flow.localPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return new InetSocketAddress(getInetAddress(), getPort());
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return new InetSocketAddress(getLocalAddress(), getLocalPort());
    }

    @Override
    public boolean isConnected() {
        return true;
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
    public boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setSoLinger(boolean on, int linger) {}

    @Override
    public String toString() {
        return "TailnetSocket["
                + flow.local()
                + ":"
                + flow.localPort()
                + " to "
                + flow.remote()
                + ":"
                + flow.remotePort()
                + "]";
    }
}
