package dev.remora.lab.apps;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Throughput by `iperf3`, always with cubic: the kernel's own default may be something else.
public final class Iperf implements AutoCloseable {
    public static final int PORT = 5201;

    private static final Duration START_TIME = Duration.ofSeconds(10);

    private final LabProcess server;

    private Iperf(LabProcess server) {
        this.server = server;
    }

    /// Which way the bytes go, seen from the server.
    public enum Direction {
        /// The client sends.
        IN,
        /// The server sends.
        OUT
    }

    /// What was measured.
    ///
    /// @param bitsPerSecond as the receiver saw them
    public record Throughput(double bitsPerSecond, double bytes, double seconds) {}

    /// Starts a server on the host's localhost.
    public static Iperf server(Host host) {
        return server(host, "127.0.0.1");
    }

    public static Iperf server(Host host, String address) {
        List<String> command =
                List.of(
                        "iperf3",
                        "-s",
                        "-B",
                        address,
                        "-p",
                        Integer.toString(PORT),
                        "--forceflush");
        LabProcess server = host.start("iperf3", Map.of(), command);
        server.awaitSaid(START_TIME, "Server listening");
        return new Iperf(server);
    }

    /// Sends as much as goes through for `seconds`, over `streams` connections.
    public static Throughput run(
            Host client, String ip, int port, Direction direction, int streams, int seconds) {
        List<String> command = new ArrayList<>(List.of("iperf3", "-J", "-C", "cubic"));
        command.addAll(List.of("-c", ip, "-p", Integer.toString(port)));
        command.addAll(List.of("-P", Integer.toString(streams), "-t", Integer.toString(seconds)));
        if (direction == Direction.OUT) {
            command.add("-R");
        }
        String report = client.run(command, Duration.ofSeconds(seconds + 30L)).orThrow().stdout();
        Json received = sumReceived(report);
        return new Throughput(
                received.at("bits_per_second").number(),
                received.at("bytes").number(),
                received.at("seconds").number());
    }

    /// Only this part of the report is read: the whole of it names a member twice, which JSON parsers refuse.
    private static Json sumReceived(String report) {
        int start = report.indexOf('{', report.indexOf("\"sum_received\""));
        return Json.parse(report.substring(start, report.indexOf('}', start) + 1));
    }

    @Override
    public void close() {
        server.stop();
    }
}
