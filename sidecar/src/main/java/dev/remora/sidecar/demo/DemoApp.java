package dev.remora.sidecar.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/// A small web app as anybody might have one: it listens on localhost, knows nothing of tailnets, and learns from headers
/// who calls.
final class DemoApp implements AutoCloseable {
    /// By these it is told who calls, which way, and how long packets take there and back.
    static final String CALLER = "Demo-Caller";

    static final String WAY = "Demo-Way";
    static final String ROUND_TRIP = "Demo-Round-Trip";

    private static final int SAMPLE_BYTES = 8 << 20;

    private final ServerSocket socket;
    private final Listening listening;

    private DemoApp(ServerSocket socket) {
        this.socket = socket;
        this.listening = Listening.on(socket, DemoApp::answer);
    }

    static DemoApp start() throws IOException {
        return new DemoApp(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    int port() {
        return socket.getLocalPort();
    }

    private static void answer(Socket connection) throws IOException {
        HttpHead head = HttpHead.read(connection.getInputStream());
        OutputStream out = connection.getOutputStream();
        switch (head.path().replaceFirst("\\?.*", "")) {
            case "/" -> send(out, "200 OK", "text/html; charset=utf-8", page(head).getBytes(UTF_8));
            case "/sample" ->
                    send(out, "200 OK", "application/octet-stream", new byte[SAMPLE_BYTES]);
            default -> send(out, "404 Not Found", "text/plain", "no such page\n".getBytes(UTF_8));
        }
    }

    private static void send(OutputStream out, String status, String type, byte[] body)
            throws IOException {
        String head =
                "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
                        .formatted(status, type, body.length);
        out.write(head.getBytes(UTF_8));
        out.write(body);
        out.flush();
    }

    private static String page(HttpHead head) {
        return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Remora demo</title>
        <style>
        body { font: 17px/1.6 system-ui, sans-serif; max-width: 38em; margin: 4em auto; padding: 0 1em; color: #1d2733 }
        h1 { font-size: 1.5em } dt { color: #66727f; font-size: .85em; margin-top: 1em } dd { margin: 0; font-size: 1.15em }
        footer { margin-top: 3em; color: #66727f; font-size: .85em }
        </style></head><body>
        <h1>You are on the tailnet</h1>
        <p>This page comes from an app that listens on localhost only. It reached you through WireGuard.</p>
        <dl>
        <dt>who called</dt><dd>%s</dd>
        <dt>by which path</dt><dd>%s</dd>
        <dt>there and back</dt><dd>%s</dd>
        <dt>throughput</dt><dd id="speed">…</dd>
        </dl>
        <footer>Measured while you read this; reload to measure again.</footer>
        <script>
        const start = performance.now();
        fetch('/sample').then(r => r.arrayBuffer()).then(b => {
          const seconds = (performance.now() - start) / 1000;
          document.getElementById('speed').textContent =
            Math.round(b.byteLength * 8 / seconds / 1e6) + ' Mbit/s (8 MiB in ' + seconds.toFixed(2) + ' s)';
        });
        </script>
        </body></html>
        """
                .formatted(
                        escaped(head.header(CALLER)),
                        escaped(head.header(WAY)),
                        escaped(head.header(ROUND_TRIP)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
