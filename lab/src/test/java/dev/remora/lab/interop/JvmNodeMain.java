package dev.remora.lab.interop;

import dev.remora.RemoraNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/// A Java program that is on the tailnet by itself, without any daemon:
/// `JvmNodeMain <control URL> <auth key> <host name> <state directory> <peer> <port> <bytes>`.
///
/// It sends random bytes to an echo at that peer, says whether they came back, and then is an echo on port 7 itself.
final class JvmNodeMain {
    private static final int ECHO_PORT = 7;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private JvmNodeMain() {}

    public static void main(String[] args) throws Exception {
        try (RemoraNode node =
                RemoraNode.builder()
                        .controlUrl(args[0])
                        .authKey(args[1])
                        .hostname(args[2])
                        .stateDirectory(Path.of(args[3]))
                        .build()) {
            node.up(PATIENCE);
            System.out.println("up as " + node.status().addresses());
            try (Socket socket = node.connect(args[4], Integer.parseInt(args[5]))) {
                System.out.println(
                        "peer is " + node.whoIs(socket.getInetAddress()).orElseThrow().name());
                System.out.println(converse(socket, Integer.parseInt(args[6])));
            }
            try (ServerSocket server = node.listen(ECHO_PORT)) {
                System.out.println("listening");
                while (true) {
                    Socket socket = server.accept();
                    Thread.startVirtualThread(() -> echo(socket));
                }
            }
        }
    }

    private static String converse(Socket socket, int length)
            throws IOException, NoSuchAlgorithmException {
        byte[] sent = new byte[length];
        new Random(7).nextBytes(sent);
        Thread.startVirtualThread(() -> send(socket, sent));
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        long got =
                new DigestInputStream(socket.getInputStream(), sha)
                        .transferTo(OutputStream.nullOutputStream());
        byte[] expected = MessageDigest.getInstance("SHA-256").digest(sent);
        return "echoed " + got + (Arrays.equals(expected, sha.digest()) ? " intact" : " damaged");
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (IOException e) {
            System.out.println("sending failed: " + e.getMessage()); // the reader then gets too few
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            System.out.println("an echo failed: " + e.getMessage());
        }
    }
}
