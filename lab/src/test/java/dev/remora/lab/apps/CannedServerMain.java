package dev.remora.lab.apps;

import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Answers the first bytes on each port with the content of a file, whatever they say: `<port>.key` for a request of a
/// control server's key, `<port>` for everything else, and nothing where there is no such file.
final class CannedServerMain {
    private static final String KEY_REQUEST = "GET /key";

    private CannedServerMain() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        for (int i = 1; i < args.length; i++) {
            int port = Integer.parseInt(args[i]);
            ServerSocket server = new ServerSocket(port);
            Thread.ofPlatform().start(() -> accept(server, folder));
        }
        System.out.println("listening");
    }

    private static void accept(ServerSocket server, Path folder) {
        try (server) {
            while (true) {
                Socket socket = server.accept();
                Thread.startVirtualThread(() -> answer(socket, folder));
            }
        } catch (IOException e) {
            System.out.println(e);
        }
    }

    private static void answer(Socket socket, Path folder) {
        try (socket) {
            byte[] request = new byte[4096];
            InputStream in = socket.getInputStream();
            int length = Math.max(0, in.read(request));
            String text = new String(request, 0, length, StandardCharsets.ISO_8859_1);
            Path forKeys = folder.resolve(socket.getLocalPort() + ".key");
            Path file =
                    text.startsWith(KEY_REQUEST) && Files.exists(forKeys)
                            ? forKeys
                            : folder.resolve(Integer.toString(socket.getLocalPort()));
            if (Files.exists(file)) {
                socket.getOutputStream().write(Files.readAllBytes(file));
                socket.shutdownOutput();
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
        } catch (IOException e) {
            // The client went away.
        }
    }
}
