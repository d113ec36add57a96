package dev.remora.lab.apps;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/// A TCP server with one of several ways to treat a connection: `TcpServerMain <behaviour> <address> <port> [bytes]`.
/// It prints one line when it listens and one for each connection that ended.
final class TcpServerMain {
    private static final int CHUNK = 1 << 16;

    private final TcpServer.Behaviour behaviour;
    private final long bytes;

    private TcpServerMain(TcpServer.Behaviour behaviour, long bytes) {
        this.behaviour = behaviour;
        this.bytes = bytes;
    }

    public static void main(String[] args) throws IOException {
        var behaviour = TcpServer.Behaviour.valueOf(args[0]);
        long bytes = args.length > 3 ? Long.parseLong(args[3]) : 0;
        var address =
                new InetSocketAddress(InetAddress.getByName(args[1]), Integer.parseInt(args[2]));
        try (ServerSocket server = new ServerSocket()) {
            server.bind(address, 4096);
            System.out.println("listening on " + address);
            new TcpServerMain(behaviour, bytes).serve(server);
        }
    }

    private void serve(ServerSocket server) throws IOException {
        for (long number = 1; ; number++) {
            long connection = number;
            Socket socket = server.accept();
            Thread.startVirtualThread(() -> handle(connection, socket));
        }
    }

    private void handle(long connection, Socket socket) {
        String outcome;
        try (socket) {
            outcome = talk(socket);
        } catch (IOException e) {
            outcome = "failed: " + e.getMessage();
        }
        System.out.println("connection " + connection + " " + outcome);
    }

    private String talk(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        return switch (behaviour) {
            case ECHO -> "echoed " + in.transferTo(out);
            case SINK -> {
                String verdict = checkToEnd(in);
                out.write((verdict + "\n").getBytes(StandardCharsets.UTF_8));
                yield verdict;
            }
            case SOURCE -> {
                send(out, bytes);
                yield "sent " + bytes;
            }
            case END_FIRST -> {
                send(out, bytes);
                socket.shutdownOutput();
                yield "after our end got " + checkToEnd(in);
            }
            case RESET -> {
                in.read();
                socket.setSoLinger(true, 0);
                yield "reset";
            }
            case SILENT -> {
                while (!socket.isClosed()) {
                    LockSupport.park();
                }
                yield "silent";
            }
        };
    }

    static void send(OutputStream out, long length) throws IOException {
        Pattern pattern = new Pattern();
        byte[] chunk = new byte[CHUNK];
        while (pattern.position() < length) {
            int piece = (int) Math.min(CHUNK, length - pattern.position());
            pattern.next(chunk, piece);
            out.write(chunk, 0, piece);
        }
    }

    /// Reads to the end and says whether it was the pattern: `intact <bytes>` or `wrong at <position>`.
    private static String checkToEnd(InputStream in) throws IOException {
        Pattern pattern = new Pattern();
        byte[] chunk = new byte[CHUNK];
        for (int read; (read = in.read(chunk)) >= 0; ) {
            long wrong = pattern.check(chunk, read);
            if (wrong >= 0) {
                return "wrong at " + wrong;
            }
        }
        return "intact " + pattern.position();
    }
}
