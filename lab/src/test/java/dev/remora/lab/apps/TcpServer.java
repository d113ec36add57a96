package dev.remora.lab.apps;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.JavaProgram;
import dev.remora.lab.run.LabProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A plain TCP server on a host of the lab.
public final class TcpServer implements AutoCloseable {
    /// What it does with each connection. Bytes sent are a known pattern, bytes received are held to it.
    public enum Behaviour {
        /// Sends back what comes, and ends when the other side has ended.
        ECHO,
        /// Reads to the end, then answers with one line, `intact <bytes>` or `wrong at <position>`.
        SINK,
        /// Sends its bytes and ends, whatever comes.
        SOURCE,
        /// Sends its bytes and ends its own direction, then reads to the other side's end.
        END_FIRST,
        /// Resets the connection after the first byte.
        RESET,
        /// Accepts and never reads nor writes.
        SILENT
    }

    private static final Duration START_TIME = Duration.ofSeconds(30);

    private final LabProcess process;

    private TcpServer(LabProcess process) {
        this.process = process;
    }

    /// Starts one on the host's localhost and waits until it listens.
    public static TcpServer start(Host host, int port, Behaviour behaviour) {
        return start(host, "127.0.0.1", port, behaviour, 0);
    }

    /// Starts one that sends `bytes` on each connection.
    public static TcpServer start(
            Host host, String address, int port, Behaviour behaviour, long bytes) {
        List<String> arguments =
                List.of(behaviour.name(), address, Integer.toString(port), Long.toString(bytes));
        LabProcess process =
                host.start(
                        "tcp-" + port, Map.of(), JavaProgram.small(TcpServerMain.class, arguments));
        process.awaitSaid(START_TIME, "listening");
        return new TcpServer(process);
    }

    public LabProcess process() {
        return process;
    }

    /// How each connection that is over ended, in that order.
    public List<String> outcomes() {
        return process.log().lines().filter(line -> line.startsWith("connection ")).toList();
    }

    @Override
    public void close() {
        process.stop();
    }
}
