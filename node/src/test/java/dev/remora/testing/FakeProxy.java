package dev.remora.testing;

import dev.remora.io.loop.HttpProxies;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// An HTTP proxy on loopback whose tunnels all lead to one port of this machine, whatever they were asked for.
public final class FakeProxy implements AutoCloseable {
    private static final byte[] YES =
            "HTTP/1.1 200 Connection established\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket listening;
    private final int leadsTo;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    private FakeProxy(ServerSocket listening, int leadsTo) {
        this.listening = listening;
        this.leadsTo = leadsTo;
    }

    /// @param leadsTo a port of this machine
    public static FakeProxy start(int leadsTo) throws IOException {
        ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        FakeProxy proxy = new FakeProxy(listening, leadsTo);
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    /// Variables that name this proxy, with a user and a password.
    public HttpProxies named() {
        String url = "http://user:s%40cret@127.0.0.1:" + listening.getLocalPort();
        return HttpProxies.of(Map.of("HTTP_PROXY", url, "HTTPS_PROXY", url));
    }

    /// The heads of all requests so far.
    public List<String> requests() {
        return requests;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), leadsTo)) {
            requests.add(readHead(client.getInputStream()));
            client.getOutputStream().write(YES);
            Thread.ofVirtual().start(() -> copy(server, client));
            copy(client, server);
        } catch (IOException e) {
            return; // one of the two hung up
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed within a request");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
        } catch (IOException e) {
            return; // what was under way is lost, as it would be
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
