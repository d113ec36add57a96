package dev.remora.sidecar.launch;

import dev.remora.sidecar.cli.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/// The control server and relay of the [Rehearsal], a whole one with one user. A program of its own, so that a server's half of everything stays out of the
/// daemon's cache. It prints a key for one node, and then the log of the server.
public final class RehearsalServer {
    private RehearsalServer() {}

    /// Runs until it is killed.
    ///
    /// @param args a new directory for the state, whose file `cert.pem` is the server's certificate, and the file to write the port to
    public static void main(String[] args) throws IOException {
        System.setProperty("remora.program", "remora");
        int port = freePort();
        Files.writeString(Path.of(args[1]), Integer.toString(port));
        run(args[0], "users create rehearsal");
        run(args[0], "preauthkeys create --user rehearsal");
        String address = "127.0.0.1:" + port;
        run(
                args[0],
                "--listen=%s --url=https://%s --stun=127.0.0.1:0 --tls=self"
                        .formatted(address, address));
    }

    /// The server's URL has to name the port before it listens there.
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void run(String state, String words) {
        String[] all = ("server --state=" + state + " " + words).split(" ");
        if (Main.run(all, Launch::furtherCommands) != 0) {
            System.err.println("not rehearsed: " + words);
        }
    }
}
