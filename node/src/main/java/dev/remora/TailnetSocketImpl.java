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
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// What stands below the [Socket] of a tailnet connection, so that it behaves as the JDK's own sockets do; works well with virtual threads. Options
/// that concern a kernel's socket are kept and change nothing.
final class TailnetSocketImpl extends SocketImpl {
    private static final Map<SocketOption<?>, Integer> OPTIONS =
            Map.of(
                    StandardSocketOptions.SO_RCVBUF, SocketOptions.SO_RCVBUF,
                    StandardSocketOptions.SO_SNDBUF, SocketOptions.SO_SNDBUF,
                    StandardSocketOptions.SO_REUSEADDR, SocketOptions.SO_REUSEADDR,
                    StandardSocketOptions.SO_KEEPALIVE, SocketOptions.SO_KEEPALIVE,
                    StandardSocketOptions.SO_LINGER, SocketOptions.SO_LINGER,
                    StandardSocketOptions.TCP_NODELAY, SocketOptions.TCP_NODELAY,
                    StandardSocketOptions.IP_TOS, SocketOptions.IP_TOS);

    private final BlockingStream stream;
    private final Flow flow;
    private final Map<Integer, Object> options = new HashMap<>();
    private final Socket socket;
    private volatile int timeoutMillis;

    private TailnetSocketImpl(BlockingStream stream) throws SocketException {
        this.stream = stream;
        this.socket = new TailnetSocket(this);
        this.flow = stream.channel().flow();
        this.address = inet(flow.remote());
        this.port = flow.remotePort();
        this.localport = flow.localPort();
    }

    /// A socket for a stream that is connected already.
    static Socket socket(BlockingStream stream) throws IOException {
        TailnetSocketImpl impl = new TailnetSocketImpl(stream);
        impl.socket.connect(new InetSocketAddress(impl.address, impl.port));
        return impl.socket;
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
            try {
                return length == 0 ? 0 : stream.read(into, offset, length, timeoutMillis);
            } catch (ClosedByInterruptException e) {
                throw closed(e);
            }
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
            try {
                stream.write(from, offset, length);
            } catch (ClosedByInterruptException e) {
                throw closed(e);
            }
        }
    }

    /// Says it as the JDK's sockets do, and closes ours for everybody who asks it.
    private SocketException closed(ClosedByInterruptException e) throws IOException {
        socket.close();
        return new SocketException("Closed by interrupt", e);
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
        try {
            stream.shutdownOutput();
        } catch (ClosedByInterruptException e) {
            throw closed(e);
        }
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
    protected Set<SocketOption<?>> supportedOptions() {
        return OPTIONS.keySet();
    }

    @Override
    protected <T> void setOption(SocketOption<T> name, T value) {
        setOption(number(name), value);
    }

    @Override
    @SuppressWarnings("unchecked") // each option has the same type under its number
    protected <T> T getOption(SocketOption<T> name) throws SocketException {
        return (T) getOption(number(name));
    }

    private static int number(SocketOption<?> name) {
        Integer number = OPTIONS.get(name);
        if (number == null) {
            throw new UnsupportedOperationException("'" + name + "' not supported");
        }
        return number;
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
