package dev.remora.sidecar.launch;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The app behind the served port of the [RehearsalTraffic]: a caller says how many bytes it will send and how many it wants, and gets them when it has sent
/// its own.
///
///     | up u32 | down u32 | up bytes |   and again, as often as the caller likes
final class RehearsalApp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RehearsalApp.class);
    private static final byte[] PIECE = new byte[1 << 16];

    private final ServerSocket socket;

    private RehearsalApp(ServerSocket socket) {
        this.socket = socket;
    }

    static RehearsalApp start() throws IOException {
        RehearsalApp app =
                new RehearsalApp(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofPlatform().daemon().name("rehearsal-app").start(app::run);
        return app;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void run() {
        try {
            while (true) {
                Socket caller = socket.accept();
                Thread.ofPlatform().daemon().name("rehearsal-answer").start(() -> answer(caller));
            }
        } catch (IOException e) {
            LOG.trace("the rehearsed app ends", e);
        }
    }

    private static void answer(Socket caller) {
        try (caller) {
            caller.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(caller.getInputStream());
            while (true) {
                int up = in.readInt();
                int down = in.readInt();
                in.skipNBytes(up);
                write(caller.getOutputStream(), down);
            }
        } catch (EOFException e) {
            LOG.trace("the caller has all it wants", e);
        } catch (IOException e) {
            LOG.warn("the rehearsed app", e);
        }
    }

    private static void write(OutputStream out, int length) throws IOException {
        for (int left = length; left > 0; left -= PIECE.length) {
            out.write(PIECE, 0, Math.min(left, PIECE.length));
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
