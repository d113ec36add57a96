package dev.remora.lab.apps;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.JavaProgram;
import dev.remora.lab.run.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Servers of every wrong kind in one process: each port has one thing to say, whatever it is asked.
public final class CannedServer {
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private CannedServer() {}

    /// What a port says.
    ///
    /// @param toKeyRequest to who asks for the key of a control server
    /// @param toOthers to everybody else; both may be empty: then the connection is closed without a word
    public record Lines(String toKeyRequest, String toOthers) {
        public static Lines always(String answer) {
            return new Lines(answer, answer);
        }
    }

    /// An HTTP answer.
    ///
    /// @param status such as `200 OK`
    public static String http(String status, String body, String... headers) {
        StringBuilder answer = new StringBuilder("HTTP/1.1 " + status + "\r\n");
        for (String header : headers) {
            answer.append(header).append("\r\n");
        }
        return answer.append("Content-Length: ").append(body.length()).append("\r\n\r\n") + body;
    }

    /// Starts it and waits until it listens on all ports.
    public static LabProcess start(Host host, Map<Integer, Lines> ports) {
        Path folder = host.folder("canned");
        List<String> arguments = new ArrayList<>(List.of(folder.toString()));
        ports.forEach((port, lines) -> {
            write(folder.resolve(port + ".key"), lines.toKeyRequest());
            write(folder.resolve(port.toString()), lines.toOthers());
            arguments.add(port.toString());
        });
        List<String> command = JavaProgram.small(CannedServerMain.class, arguments);
        LabProcess process = host.start("canned", Map.of(), command);
        process.awaitSaid(START_TIME, "listening");
        return process;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
