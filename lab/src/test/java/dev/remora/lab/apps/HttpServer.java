package dev.remora.lab.apps;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.JavaProgram;
import dev.remora.lab.run.LabProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A very small and fast web server on a host's localhost, for benchmarks.
public final class HttpServer implements AutoCloseable {
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final LabProcess process;

    private HttpServer(LabProcess process) {
        this.process = process;
    }

    /// Starts one and waits until it listens.
    public static HttpServer start(Host host, int port) {
        List<String> command =
                JavaProgram.small(HttpServerMain.class, List.of(Integer.toString(port)));
        LabProcess process = host.start("http", Map.of(), command);
        process.awaitSaid(START_TIME, "listening");
        return new HttpServer(process);
    }

    @Override
    public void close() {
        process.stop();
    }
}
