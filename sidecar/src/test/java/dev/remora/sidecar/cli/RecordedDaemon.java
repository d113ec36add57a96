package dev.remora.sidecar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.sidecar.cli.Recording.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A Unix socket behind which every request gets the answer that was recorded for it, each answer once and the last one of its kind ever after.
final class RecordedDaemon implements AutoCloseable {
    /// What it was asked.
    record Request(String method, String target, String headers, String body) {
        String line() {
            return method + " " + target;
        }
    }

    private final Path socket;
    private final List<Exchange> exchanges;
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final boolean staysUp;
    private final ServerSocketChannel server;
    private final List<SocketChannel> connections = Collections.synchronizedList(new ArrayList<>());

    /// @param staysUp streams go on after what was recorded; otherwise they end, as when a daemon stops
    RecordedDaemon(Path folder, Recording recording, boolean staysUp) throws IOException {
        this.staysUp = staysUp;
        this.socket = folder.resolve("sock");
        this.exchanges = new ArrayList<>(recording.exchanges());
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::accept);
    }

    Path socket() {
        return socket;
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel connection = server.accept();
                connections.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(SocketChannel connection) {
        try {
            InputStream in = Channels.newInputStream(connection);
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    return;
                }
                head.append((char) c);
            }
            Request request = request(head.toString(), in);
            requests.add(request);
            Exchange exchange = next(request);
            if (!exchange.isUnanswered()) {
                answer(connection, exchange);
            }
            boolean ended = !(exchange.isStream() && staysUp) && !exchange.isUnanswered();
            while (!ended && in.read() >= 0) {
                // nothing more is said on a stream
            }
            connection.close();
        } catch (IOException e) {
            // the command has gone
        }
    }

    private static Request request(String head, InputStream in) throws IOException {
        String[] line = head.split("[ \r]", 3);
        int length =
                head.lines()
                        .filter(l -> l.startsWith("Content-Length: "))
                        .mapToInt(l -> Integer.parseInt(l.substring("Content-Length: ".length())))
                        .findFirst()
                        .orElse(0);
        String prefix = "/localapi/v0/";
        return new Request(
                line[0],
                line[1].substring(prefix.length()),
                head,
                new String(in.readNBytes(length), UTF_8));
    }

    private synchronized Exchange next(Request request) {
        for (int i = 0; i < exchanges.size(); i++) {
            Exchange exchange = exchanges.get(i);
            if (exchange.method().equals(request.method())
                    && exchange.target().equals(request.target())) {
                boolean isLast =
                        exchanges.subList(i + 1, exchanges.size()).stream()
                                .noneMatch(other ->
                                        other.method().equals(request.method())
                                                && other.target().equals(request.target()));
                return isLast ? exchange : exchanges.remove(i);
            }
        }
        return new Exchange(
                request.method(),
                request.target(),
                "",
                "",
                "HTTP/1.1 404 Not Found\nContent-Type: text/plain",
                "404 page not found");
    }

    private static void answer(SocketChannel connection, Exchange exchange) throws IOException {
        StringBuilder head = new StringBuilder();
        exchange.head()
                .lines()
                .filter(line ->
                        !line.startsWith("Content-Length")
                                && !line.startsWith("Transfer-Encoding")
                                && !line.isEmpty())
                .forEach(line -> head.append(line).append("\r\n"));
        if (!exchange.isStream()) {
            write(connection, head + "Connection: close\r\n\r\n" + exchange.body());
            return;
        }
        write(connection, head + "Transfer-Encoding: chunked\r\n\r\n");
        for (String event : exchange.body().lines().toList()) {
            String size = Integer.toHexString(event.getBytes(UTF_8).length + 1);
            write(connection, size + "\r\n" + event + "\n\r\n");
        }
    }

    private static void write(SocketChannel connection, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    /// Ends every connection, as a daemon does that stops.
    @Override
    public void close() throws IOException {
        server.close();
        Files.delete(socket);
        for (SocketChannel connection : List.copyOf(connections)) {
            connection.close();
        }
    }
}
