package dev.remora.sidecar.launch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// As much of `wget` as a health check needs: compose files that were written for the official image ask `/healthz` with it, and an app that waits for
/// `service_healthy` never starts where there is none. One page over plain HTTP; the code is 0 if it could be had, else 1.
final class PageProbe {
    /// Short flags with a value, which may be the next word.
    private static final String WITH_VALUE = "OTtoUS";

    private static final int PATIENCE_MS = 5_000;
    private static final int MAX_BYTES = 1 << 20;
    private static final int HTTP_PORT = 80;

    private String page = "";
    private boolean isPrinted;
    private boolean isOnlyAsked;

    private PageProbe() {}

    /// @param words flags of `wget`, of which those that say how to write and what to print count, and the page
    static int run(List<String> words, PrintStream out, PrintStream err) {
        PageProbe probe = new PageProbe();
        probe.read(words);
        try {
            String answer = probe.ask();
            String status = answer.lines().findFirst().orElse("no answer");
            if (!status.matches("HTTP/1\\.[01] 2\\d\\d.*")) {
                err.println("wget: server returned error: " + status);
                return 1;
            }
            if (probe.isPrinted && !probe.isOnlyAsked) {
                out.print(answer.substring(answer.indexOf("\r\n\r\n") + 4));
                out.flush();
            }
            return 0;
        } catch (IOException | IllegalArgumentException e) {
            err.println("wget: " + probe.page + ": " + e.getMessage());
            return 1;
        }
    }

    private void read(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--spider")) {
                isOnlyAsked = true;
            } else if (word.startsWith("--")) {
                isPrinted |= word.equals("--output-document=-");
            } else if (word.startsWith("-")) {
                boolean valueFollows =
                        word.length() > 1
                                && WITH_VALUE.indexOf(word.charAt(word.length() - 1)) >= 0;
                String value = valueFollows && i + 1 < words.size() ? words.get(++i) : "";
                isPrinted |= word.endsWith("O-") || (word.endsWith("O") && value.equals("-"));
            } else {
                page = word.contains("://") ? word : "http://" + word;
            }
        }
    }

    /// The whole answer, as it came.
    private String ask() throws IOException {
        URI uri = URI.create(page);
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IOException("this wget is for health checks, and reads http://… only");
        }
        int port = uri.getPort() < 0 ? HTTP_PORT : uri.getPort();
        IOException last = new IOException("no address");
        for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, port), PATIENCE_MS);
                socket.setSoTimeout(PATIENCE_MS);
                return exchange(socket, uri);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static String exchange(Socket socket, URI uri) throws IOException {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String request =
                "GET %s%s HTTP/1.0\r\nHost: %s\r\n\r\n"
                        .formatted(path, query, uri.getRawAuthority());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] piece = new byte[4096];
        int read = socket.getInputStream().read(piece);
        while (read >= 0 && answer.size() < MAX_BYTES) {
            answer.write(piece, 0, read);
            read = socket.getInputStream().read(piece);
        }
        return answer.toString(StandardCharsets.UTF_8);
    }
}
