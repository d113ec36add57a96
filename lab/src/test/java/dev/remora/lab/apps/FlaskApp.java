package dev.remora.lab.apps;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabProcess;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A real Flask app (Debian's `python3-flask`) on a host's localhost, by custom on port 5000. It answers
/// `/` with [#HELLO], and `/caller`, `/zeros/<bytes>` and POSTs to `/digest` as `flask_app.py` says.
public final class FlaskApp implements AutoCloseable {
    public static final int PORT = 5000;
    public static final String HELLO = "Hello from Flask!\n";

    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final Host host;
    private LabProcess process;

    private FlaskApp(Host host) {
        this.host = host;
        this.process = launch();
    }

    /// Starts it and waits until it answers on localhost.
    public static FlaskApp start(Host host) {
        return new FlaskApp(host);
    }

    private LabProcess launch() {
        // Debian's interpreter by its path: whatever else is called python3 need not know its
        // packages.
        List<String> command =
                List.of("/usr/bin/python3", script().toString(), Integer.toString(PORT));
        LabProcess launched = host.start("flask", Map.of(), command);
        String url = "http://127.0.0.1:" + PORT + "/";
        launched.awaitReady(START_TIME, "Flask answered", () -> host.run("curl", "-sf", url).ok());
        return launched;
    }

    private static Path script() {
        try {
            var resource = FlaskApp.class.getResource("/lab/flask_app.py");
            return Path.of(Objects.requireNonNull(resource).toURI());
        } catch (URISyntaxException e) {
            throw new LabException("flask_app.py is not in a folder", e);
        }
    }

    public LabProcess process() {
        return process;
    }

    public void stop() {
        process.stop();
    }

    public void start() {
        process = launch();
    }

    @Override
    public void close() {
        stop();
    }
}
