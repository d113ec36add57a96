package dev.remora.sidecar.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A control server for the [Rehearsal] that has a key, and nothing for anybody who comes with it. A program of its own, so that a server's half of TLS stays
/// out of the daemon's cache.
public final class RehearsalServer {
    private static final char[] PASSWORD = "rehearsal".toCharArray();
    private static final String KEY =
            "{\"publicKey\":\"mkey:0900000000000000000000000000000000000000000000000000000000000000\"}";

    private final ServerSocket socket;

    private RehearsalServer(ServerSocket socket) {
        this.socket = socket;
    }

    /// Runs until it is killed.
    ///
    /// @param args a PKCS #12 file with the password `rehearsal`, and the file to write the port to
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        RehearsalServer server = new RehearsalServer(listen(Path.of(args[0])));
        Files.writeString(Path.of(args[1]), Integer.toString(server.socket.getLocalPort()));
        server.run();
    }

    private static ServerSocket listen(Path keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context.getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private void run() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                answer(client);
            } catch (IOException e) {
                System.err.println("rehearsal: " + e.getMessage());
            }
        }
    }

    private static void answer(Socket client) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
        String request = in.readLine();
        for (String line = request; line != null && !line.isEmpty(); ) {
            line = in.readLine();
        }
        boolean wantsKey = request != null && request.startsWith("GET /key");
        String answer =
                wantsKey
                        ? "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                                + KEY.length()
                                + "\r\nConnection: close\r\n\r\n"
                                + KEY
                        : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        client.getOutputStream().write(answer.getBytes(US_ASCII));
        client.getOutputStream().flush();
    }
}
