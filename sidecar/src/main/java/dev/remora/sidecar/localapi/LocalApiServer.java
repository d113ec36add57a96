package dev.remora.sidecar.localapi;

import dev.remora.io.loop.EngineLoop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The daemon's Unix socket. Everybody on the machine may connect; what they may do is decided by who they are.
public final class LocalApiServer implements AutoCloseable {
    private static final int MAX_BODY = 4 << 20;

    /// What `sockaddr_un` has room for, and a zero at its end.
    private static final int MAX_PATH = 107;

    private final Path socket;
    private final Channel listener;
    private final ChannelGroup connections;

    private LocalApiServer(Path socket, Channel listener, ChannelGroup connections) {
        this.socket = socket;
        this.listener = listener;
        this.connections = connections;
    }

    /// Listens on `socket`; its directory is created when it is missing, and what a dead daemon left there is removed.
    ///
    /// @param headers go with every response
    /// @throws IOException if another daemon answers on the socket or it cannot be made; the message says so
    public static LocalApiServer start(
            EngineLoop loop, Path socket, Map<String, String> headers, ApiHandler handler)
            throws IOException {
        prepare(socket);
        ChannelGroup connections = new DefaultChannelGroup(loop.netty());
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newServerUnixSocket)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(
                                        ApiStream.MAX_WAITING / 2, ApiStream.MAX_WAITING))
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        connections.add(channel);
                                        channel.pipeline()
                                                .addLast(
                                                        new HttpServerCodec(
                                                                new HttpDecoderConfig()))
                                                .addLast(new HttpObjectAggregator(MAX_BODY))
                                                .addLast(new FlowControlHandler())
                                                .addLast(
                                                        RequestHandler.local(
                                                                caller(channel), headers, handler));
                                    }
                                });
        SocketAddress address =
                loop.mechanism().equals("epoll")
                        ? new DomainSocketAddress(socket.toFile())
                        : UnixDomainSocketAddress.of(socket);
        ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw cannotListen(socket, why(binding.cause()));
        }
        Channel listener = binding.channel();
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        return new LocalApiServer(socket, listener, connections);
    }

    private static void prepare(Path socket) throws IOException {
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH) {
            throw new IOException(
                    "cannot listen on %s: the path of a Unix socket has at most %d bytes, and this one has %d; choose a shorter one with --socket"
                            .formatted(socket, MAX_PATH, length));
        }
        try {
            Path directory = socket.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
                removeStale(socket);
            }
        } catch (FileAlreadyExistsException e) {
            throw cannotListen(socket, e.getFile() + " is no directory");
        } catch (FileSystemException e) {
            throw cannotListen(
                    socket, Objects.requireNonNullElse(e.getReason(), "permission denied"));
        }
    }

    private static void removeStale(Path socket) throws IOException {
        if (answers(socket)) {
            throw new IOException(
                    "another daemon already listens on "
                            + socket
                            + "; stop it or choose another place with --socket");
        }
        if (Files.isRegularFile(socket) || Files.isDirectory(socket)) {
            throw cannotListen(socket, "there is something that is no socket");
        }
        Files.delete(socket);
    }

    private static IOException cannotListen(Path socket, String why) {
        return new IOException(
                "cannot listen on "
                        + socket
                        + ": "
                        + why
                        + "; choose a path with --socket whose directory this user may write to");
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    /// The system's words, without the name of the call that Netty puts before them.
    static String why(@Nullable Throwable failure) {
        String text = failure == null ? "" : String.valueOf(failure.getMessage());
        return text.replaceFirst("^\\w+\\(\\.\\.\\) failed with error\\(-?\\d+\\): ", "");
    }

    private static Caller caller(Channel channel) {
        try {
            if (channel instanceof EpollDomainSocketChannel epoll) {
                return new Caller(epoll.peerCredentials().uid());
            }
        } catch (IOException e) {
            return Caller.UNKNOWN;
        }
        return Caller.UNKNOWN;
    }

    /// Stops listening, ends every connection and removes the socket.
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // whoever starts next finds that nobody answers on it
        }
    }
}
