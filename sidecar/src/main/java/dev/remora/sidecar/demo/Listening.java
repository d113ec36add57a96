package dev.remora.sidecar.demo;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts connections on a socket, of this machine or of the tailnet, and answers each on a thread of its own.
final class Listening implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

    private final ServerSocket socket;

    /// What becomes of a connection, which is closed afterwards.
    interface Answer {
        void to(Socket connection) throws IOException;
    }

    private Listening(ServerSocket socket) {
        this.socket = socket;
    }

    static Listening on(ServerSocket socket, Answer answer) {
        Thread.startVirtualThread(() -> acceptAll(socket, answer));
        return new Listening(socket);
    }

    private static void acceptAll(ServerSocket socket, Answer answer) {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.startVirtualThread(() -> answer(connection, answer));
            } catch (IOException e) {
                LOG.debug("no longer accepting: {}", e.getMessage());
            }
        }
    }

    private static void answer(Socket connection, Answer answer) {
        try (connection) {
            answer.to(connection);
        } catch (IOException e) {
            LOG.debug("a connection ended early: {}", e.getMessage());
        }
    }

    /// Carries bytes both ways until both sides are done.
    static void splice(Socket one, Socket other) throws IOException {
        Thread back = Thread.startVirtualThread(() -> pump(other, one));
        pump(one, other);
        try {
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            LOG.debug("a connection ended early: {}", e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
