package dev.remora.server.admin;

import dev.remora.io.loop.Binding;
import dev.remora.io.loop.EngineLoop;
import dev.remora.server.http.Answers;
import dev.remora.server.http.HttpCounts;
import dev.remora.server.http.HttpFront;
import dev.remora.server.http.Request;
import dev.remora.server.http.Routes;
import dev.remora.server.http.TrustedProxies;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Answers on a Unix socket in the state directory. Whoever may open the socket may do everything, so only the server's
/// own user may.
public final class AdminServer implements AutoCloseable {
    /// The socket's name in the state directory.
    public static final String SOCKET = "admin.sock";

    /// What every path begins with.
    public static final String PREFIX = "/admin/";

    /// The header that says who asks, for the audit log.
    public static final String USER = "Remora-User";

    /// Room for a policy.
    private static final int LONGEST_BODY = 4 << 20;

    private final Channel listener;
    private final Path socket;

    private AdminServer(Channel listener, Path socket) {
        this.listener = listener;
        this.socket = socket;
    }

    /// Starts listening. A socket that is there was left by a server that was killed: who calls this holds the state
    /// directory's lock.
    ///
    /// @param threads where requests are answered
    /// @throws IOException if there is no way to listen there; the message says why
    public static AdminServer start(EngineLoop loop, Path state, AdminApi api, Executor threads)
            throws IOException {
        Path socket = state.resolve(SOCKET);
        Files.deleteIfExists(socket);
        Routes routes =
                Routes.none()
                        .withPagesBelow(
                                PREFIX,
                                LONGEST_BODY,
                                request ->
                                        CompletableFuture.supplyAsync(
                                                () -> answer(api, request), threads));
        ChannelFuture binding =
                new ServerBootstrap()
                        .group(loop.netty())
                        .channelFactory(loop::newServerUnixSocket)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        HttpFront.addTo(
                                                channel,
                                                routes,
                                                TrustedProxies.NONE,
                                                new HttpCounts());
                                    }
                                })
                        .bind(address(loop, socket));
        Channel listener = Binding.await(binding, socket.toString());
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        return new AdminServer(listener, socket);
    }

    private static SocketAddress address(EngineLoop loop, Path socket) {
        return loop.mechanism().equals("epoll")
                ? new DomainSocketAddress(socket.toString())
                : UnixDomainSocketAddress.of(socket);
    }

    private static FullHttpResponse answer(AdminApi api, Request request) {
        if (!request.method().equals(HttpMethod.POST)) {
            return Answers.json(HttpResponseStatus.METHOD_NOT_ALLOWED, error("POST, please"));
        }
        try {
            String verb = request.path().substring(PREFIX.length());
            return Answers.json(
                    HttpResponseStatus.OK, api.call(verb, request.body(), request.header(USER)));
        } catch (AdminException e) {
            return Answers.json(HttpResponseStatus.BAD_REQUEST, error(e.sentence()));
        }
    }

    private static String error(String sentence) {
        return AdminJson.text(Map.of("error", sentence));
    }

    @Override
    public void close() throws IOException {
        listener.close().awaitUninterruptibly();
        Files.deleteIfExists(socket);
    }
}
