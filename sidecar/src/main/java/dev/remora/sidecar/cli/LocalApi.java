package dev.remora.sidecar.cli;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.config.Version;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The daemon, ours or another that speaks the same LocalAPI, asked over its Unix socket: one connection for each request.
final class LocalApi {
    private static final String PREFIX = "/localapi/v0/";

    /// A daemon that may be about to start gets this long to make its socket,
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /// so long if there is a process that may be it,
    private static final Duration PATIENCE_WITH_PROCESS = Duration.ofSeconds(5);

    /// and so long if that is a new one.
    private static final Duration PATIENCE_WITH_NEW_PROCESS = Machine.NEW_FOR;

    private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static final Duration RETRY_AFTER = Duration.ofMillis(250);

    private final List<Path> sockets;
    private final Surroundings world;

    /// How long it may take until there is a socket, where that was said.
    private final Optional<Duration> limit;

    /// @param sockets where it may be, the likeliest place first
    LocalApi(List<Path> sockets, Surroundings world) {
        this(sockets, world, Optional.empty());
    }

    private LocalApi(List<Path> sockets, Surroundings world, Optional<Duration> limit) {
        this.sockets = sockets;
        this.world = world;
        this.limit = limit;
    }

    /// The same, for whoever has this much time until the daemon is there; zero: all the time there is.
    LocalApi waitedForAtMost(Duration limit) {
        return new LocalApi(sockets, world, Optional.of(limit.isZero() ? FOREVER : limit));
    }

    Tree get(String target) throws CommandException {
        return ask("GET", target, Map.of(), null).json();
    }

    /// The body of an answer that is no JSON.
    String text(String target) throws CommandException {
        try (SocketChannel channel = connect(target)) {
            HttpAnswer answer = exchange(channel, "GET", target, Map.of(), null);
            check(answer);
            return answer.bodyText();
        } catch (IOException e) {
            throw failed("GET", target, e);
        }
    }

    /// Sends `body` as JSON and takes any answer in the 200s.
    Tree send(String method, String target, @Nullable Object body) throws CommandException {
        return send(method, target, Map.of(), body);
    }

    Tree send(String method, String target, Map<String, String> headers, @Nullable Object body)
            throws CommandException {
        return ask(method, target, headers, body).json();
    }

    /// An answer in the 200s.
    ///
    /// @param headers of the answer, by name in lower case
    record Answer(Map<String, String> headers, Tree json) {}

    Answer ask(String method, String target, Map<String, String> headers, @Nullable Object body)
            throws CommandException {
        return ask(method, target, headers, body, Duration.ZERO)
                .orElseThrow(() -> new CommandException("timeout"));
    }

    /// As [#ask(String, String, Map, Object)], but gives up after `limit`, unless that is zero.
    Optional<Answer> ask(
            String method,
            String target,
            Map<String, String> headers,
            @Nullable Object body,
            Duration limit)
            throws CommandException {
        try (SocketChannel channel = connect(target);
                Watchdog watchdog = Watchdog.closing(channel, limit)) {
            try {
                HttpAnswer answer = exchange(channel, method, target, headers, body);
                check(answer);
                boolean hasJson =
                        answer.headers()
                                .getOrDefault("content-type", "")
                                .startsWith("application/json");
                Tree json = hasJson ? answer.bodyJson() : Tree.NOTHING;
                return Optional.of(new Answer(answer.headers(), json));
            } catch (IOException e) {
                if (watchdog.hasBitten()) {
                    return Optional.empty();
                }
                throw e;
            }
        } catch (IOException e) {
            throw failed(method, target, e);
        }
    }

    private static CommandException failed(String method, String target, IOException e) {
        return new CommandException(
                method + " http://local-tailscaled.sock" + PREFIX + target + ": " + e.getMessage());
    }

    /// Opens the stream of notifications. What happens after this returns is in it.
    IpnBus watch(int mask) throws CommandException {
        String target = "watch-ipn-bus?mask=" + mask;
        SocketChannel channel = connect(target);
        try {
            HttpAnswer answer = exchange(channel, "GET", target, Map.of(), null);
            check(answer);
            return new IpnBus(channel, answer.body());
        } catch (IOException e) {
            Watchdog.close(channel);
            throw failed("GET", target, e);
        } catch (CommandException e) {
            Watchdog.close(channel);
            throw e;
        }
    }

    private static HttpAnswer exchange(
            SocketChannel channel,
            String method,
            String target,
            Map<String, String> headers,
            @Nullable Object body)
            throws IOException {
        byte[] json =
                body == null
                        ? new byte[0]
                        : JsonTree.compact(body).getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder();
        head.append(method).append(' ').append(PREFIX).append(target).append(" HTTP/1.1\r\n");
        head.append("Host: local-tailscaled.sock\r\nUser-Agent: remora\r\nConnection: close\r\n");
        head.append("Tailscale-Cap: ").append(Version.LOCAL_API_LEVEL).append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (!method.equals("GET")) {
            head.append("Content-Length: ").append(json.length).append("\r\n");
        }
        head.append("\r\n");
        write(channel, ByteBuffer.wrap(head.toString().getBytes(StandardCharsets.ISO_8859_1)));
        try {
            write(channel, ByteBuffer.wrap(json));
        } catch (IOException e) {
            return earlyAnswer(channel, e);
        }
        return HttpAnswer.read(Channels.newInputStream(channel));
    }

    /// A daemon that refuses a request by its head alone answers and closes while we still write.
    private static HttpAnswer earlyAnswer(SocketChannel channel, IOException notWritten)
            throws IOException {
        try {
            return HttpAnswer.read(Channels.newInputStream(channel));
        } catch (IOException e) {
            throw notWritten;
        }
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void check(HttpAnswer answer) throws IOException, CommandException {
        if (answer.status() / 100 == 2) {
            return;
        }
        String body = answer.bodyText();
        String status = answer.status() + " " + answer.reason();
        String text = errorMember(body).orElse(status + ": " + body);
        if (answer.status() == 403) {
            throw new DaemonException.AccessDenied(errorMember(body).orElse(body));
        }
        throw new DaemonException(answer.status(), status, body, text);
    }

    private static Optional<String> errorMember(String body) {
        if (!body.startsWith("{")) {
            return Optional.empty();
        }
        try {
            Tree tree = Tree.parse(body.getBytes(StandardCharsets.UTF_8));
            String error = tree.at("error").text();
            return Optional.of(error.isEmpty() ? tree.at("Error").text() : error)
                    .filter(text -> !text.isEmpty());
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private SocketChannel connect(String target) throws CommandException {
        Duration waited = Duration.ZERO;
        while (true) {
            Path socket = DaemonSocket.among(sockets);
            try {
                return open(socket);
            } catch (IOException e) {
                String reason = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
                if (reason.contains("path too long")) {
                    throw new CommandException("the path of a Unix socket is too long: " + socket);
                }
                boolean isForbidden = reason.contains("permission");
                if (isForbidden || isTooLong(waited)) {
                    throw new DaemonException.Unreachable(
                            path(target), socket, reason, isForbidden);
                }
            }
            world.pause(RETRY_AFTER);
            waited = waited.plus(RETRY_AFTER);
        }
    }

    private boolean isTooLong(Duration waited) {
        return limit.isPresent()
                ? waited.compareTo(limit.get()) >= 0
                : waited.compareTo(PATIENCE) >= 0 && waited.compareTo(patience()) >= 0;
    }

    private Duration patience() {
        return world.machine()
                .daemonProcess()
                .map(each -> each.isNew() ? PATIENCE_WITH_NEW_PROCESS : PATIENCE_WITH_PROCESS)
                .orElse(PATIENCE);
    }

    private static SocketChannel open(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            Watchdog.close(channel);
            throw e;
        }
    }

    private static String path(String target) {
        int query = target.indexOf('?');
        return PREFIX + (query < 0 ? target : target.substring(0, query));
    }
}
