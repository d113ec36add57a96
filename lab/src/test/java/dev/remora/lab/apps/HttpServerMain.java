package dev.remora.lab.apps;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A web server that does next to nothing, so that a benchmark sees what stands before it: every request is answered
/// with the same few bytes, and connections stay open unless the client asks otherwise.
final class HttpServerMain {
    private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n";
    private static final byte[] KEPT = ascii(HEAD + "\r\nHello\n");
    private static final byte[] CLOSED = ascii(HEAD + "Connection: close\r\n\r\nHello\n");

    private HttpServerMain() {}

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        try (var server = new ServerSocket(port, 4096, InetAddress.getLoopbackAddress())) {
            System.out.println("listening on " + port);
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                Thread.startVirtualThread(() -> serve(socket));
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            String head = readHead(in);
            while (!head.isEmpty()) {
                boolean keep = !head.contains("Connection: close");
                socket.getOutputStream().write(keep ? KEPT : CLOSED);
                head = keep ? readHead(in) : "";
            }
        } catch (IOException e) {
            // The client went away, as benchmarks do at their end.
        }
    }

    /// Reads up to the empty line; an empty text is the end of the connection.
    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder(256);
        int matched = 0;
        for (int b; matched < END.length; ) {
            b = in.read();
            if (b < 0) {
                return "";
            }
            matched = b == END[matched] ? matched + 1 : b == END[0] ? 1 : 0;
            head.append((char) b);
        }
        return head.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
