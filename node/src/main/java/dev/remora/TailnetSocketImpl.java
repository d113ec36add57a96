package dev.remora;

import dev.remora.base.IpAddress;
import dev.remora.proto.tcp.Flow;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOptions;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;

/// What stands below the [Socket] of a tailnet connection, so that it behaves as the JDK's own sockets do; works well with virtual threads. Options
/// that concern a kernel's socket are kept and change nothing.
final class TailnetSocketImpl extends SocketImpl {
    private final BlockingStream stream;
    private final Flow flow;
    private final Map<Integer, Object> options = new HashMap<>();
    private volatile int timeoutMillis;

    private TailnetSocketImpl(BlockingStream stream) {
        this.stream = stream;
        this.flow = stream.channel().flow();
        this.address = inet(flow.remote());
        this.port = flow.remotePort();
        this.localport = flow.localPort();
    }

    /// A socket for a stream that is connected already.
    static Socket socket(BlockingStream stream) throws IOException {
        TailnetSocketImpl impl = new TailnetSocketImpl(stream);
        Socket socket = new TailnetSocket(impl);
        socket.connect(new InetSocketAddress(impl.address, impl.port));
        return socket;
    }

    /// Gives access to the constructor that takes an implementation.
    private static final class TailnetSocket extends Socket {
        TailnetSocket(TailnetSocketImpl impl) throws SocketException {
            super(impl);
        }
    }

    static InetAddress inet(IpAddress ip) {
        try {
            return InetAddress.getByAddress(ip.toBytes());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are an address", e);
        }
    }

    @Override
    protected void create(boolean isStream) {}

    @Override
    protected void connect(SocketAddress to, int timeout) {
        // stands already
    }

    @Override
    protected void connect(InetAddress to, int toPort) {}

    @Override
    protected void connect(String host, int toPort) {}

    @Override
    protected void bind(InetAddress host, int toPort) throws IOException {
        throw new SocketException("Already bound");
    }

    @Override
    protected void listen(int backlog) throws IOException {
        throw new SocketException("A connected socket does not listen");
    }

    @Override
    protected void accept(SocketImpl accepted) throws IOException {
        throw new SocketException("A connected socket does not listen");
    }

    @Override
    protected InputStream getInputStream() {
        return new Input();
    }

    @Override
    protected OutputStream getOutputStream() {
        return new Output();
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return length == 0 ? 0 : stream.read(into, offset, length, timeoutMillis);
        }

        @Override
        public int available() {
            return stream.available();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            stream.write(from, offset, length);
        }
    }

    @Override
    protected int available() {
        return stream.available();
    }

    @Override
    protected void shutdownInput() {
        stream.shutdownInput();
    }

    @Override
    protected void shutdownOutput() throws IOException {
        stream.shutdownOutput();
    }

    @Override
    protected void close() {
        stream.close();
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        throw new SocketException("Urgent data not supported");
    }

    @Override
    public synchronized void setOption(int option, Object value) {
        switch (option) {
            case SocketOptions.SO_TIMEOUT -> timeoutMillis = (Integer) value;
            case SocketOptions.SO_LINGER -> {
                // a linger time of zero makes closing a reset; -1, or false, is the ordinary end
                int seconds = value instanceof Integer given ? given : -1;
                stream.channel().config().setOption(ChannelOption.SO_LINGER, seconds);
                options.put(option, seconds);
            }
            default -> options.put(option, value);
        }
    }

    @Override
    public synchronized Object getOption(int option) throws SocketException {
        return switch (option) {
            case SocketOptions.SO_TIMEOUT -> timeoutMillis;
            case SocketOptions.SO_BINDADDR -> inet(flow.local());
            case SocketOptions.SO_LINGER -> options.getOrDefault(option, -1);
            case SocketOptions.TCP_NODELAY, SocketOptions.SO_KEEPALIVE ->
                    options.getOrDefault(option, true);
            case SocketOptions.SO_REUSEADDR, SocketOptions.SO_OOBINLINE ->
                    options.getOrDefault(option, false);
            case SocketOptions.SO_SNDBUF, SocketOptions.SO_RCVBUF ->
                    options.getOrDefault(option, 64 * 1024);
            case SocketOptions.IP_TOS -> options.getOrDefault(option, 0);
            default -> throw new SocketException("unknown option " + option);
        };
    }
}
