package dev.remora.lab.apps;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.JavaProgram;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Talks to a [TcpServer] from a host of the lab, through whatever stands in between, and checks every byte.
public final class TcpClient {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final Host host;

    public TcpClient(Host host) {
        this.host = host;
    }

    /// What came of it.
    ///
    /// @param good conversations that went as they should
    /// @param bytes what they carried
    /// @param counts how often anything else happened; for a scan, `refused`, `silent` and each `open <port>`
    public record Outcome(long good, long bytes, Duration took, SortedMap<String, Long> counts) {
        /// Whether every conversation went as it should.
        public boolean allGood() {
            return counts.isEmpty();
        }

        /// The ports a scan found open, in order.
        public List<Integer> openPorts() {
            return counts.keySet().stream()
                    .filter(what -> what.startsWith("open "))
                    .map(what -> Integer.valueOf(what.substring("open ".length())))
                    .sorted()
                    .toList();
        }
    }

    /// Reads `bytes` from a SOURCE.
    public Outcome get(String ip, int port, long bytes) {
        return startGet(ip, port, bytes).outcome(PATIENCE);
    }

    /// Sends `bytes` to a SINK, ends its direction and reads the verdict.
    public Outcome put(String ip, int port, long bytes) {
        return start("put", ip, port, bytes).outcome(PATIENCE);
    }

    /// Reads `bytes` from an END_FIRST to its end, and only then sends as many.
    public Outcome late(String ip, int port, long bytes) {
        return start("late", ip, port, bytes).outcome(PATIENCE);
    }

    /// Opens `times` connections to an ECHO, at most `parallel` at once, each with `bytes` there and back. Each ends
    /// its own direction once all is sent, and still expects the rest of the echo.
    public Outcome echo(String ip, int port, long bytes, int times, int parallel) {
        return start("echo", ip, port, bytes, times, parallel).outcome(PATIENCE);
    }

    /// The same without half-closed connections, which not everything in between can carry: each ends when all has
    /// come back.
    public Outcome swap(String ip, int port, long bytes, int times, int parallel) {
        return start("swap", ip, port, bytes, times, parallel).outcome(PATIENCE);
    }

    /// Tries every port from `first` to `last`.
    public Outcome scan(String ip, int first, int last) {
        return start("scan", ip, first, last, 500).outcome(PATIENCE);
    }

    /// Begins to read `bytes` from a SOURCE.
    public Transfer startGet(String ip, int port, long bytes) {
        return start("get", ip, port, bytes);
    }

    /// Opens connections and keeps them, until the transfer is closed.
    public Transfer hold(String ip, int port, int connections) {
        Transfer transfer = tryHold(ip, port, connections);
        transfer.process.awaitSaid(PATIENCE, "holding");
        return transfer;
    }

    /// Begins to open connections one after the other. All are kept, unless one is refused or gets no answer: then it ends with all of them.
    public Transfer tryHold(String ip, int port, int connections) {
        return start("hold", ip, port, connections);
    }

    private Transfer start(String verb, String ip, long... numbers) {
        List<String> arguments = new ArrayList<>(List.of(verb, ip));
        for (long number : numbers) {
            arguments.add(Long.toString(number));
        }
        return new Transfer(
                host.start(
                        "tcp-" + verb + "-" + COUNTER.incrementAndGet(),
                        Map.of(),
                        JavaProgram.small(TcpClientMain.class, arguments)));
    }

    /// A conversation that goes on.
    public static final class Transfer implements AutoCloseable {
        private final LabProcess process;

        private Transfer(LabProcess process) {
            this.process = process;
        }

        /// How many bytes have come so far, to the last whole MiB.
        public long soFar() {
            return process.log()
                    .lines()
                    .filter(line -> line.startsWith("at "))
                    .mapToLong(line -> Long.parseLong(line.substring("at ".length())))
                    .max()
                    .orElse(0);
        }

        /// Waits until so many bytes have come.
        public void awaitAtLeast(long bytes, Duration patience) {
            Await.until(bytes + " bytes", patience, () -> soFar() >= bytes || !process.isAlive());
        }

        /// Waits for the end.
        public Outcome outcome(Duration patience) {
            int exit = process.awaitExit(patience);
            List<String> lines = process.log().lines().toList();
            if (exit != 0 || lines.isEmpty()) {
                throw new LabException(process.name() + " failed\n" + process.logTail(20));
            }
            Json report = Json.parse(lines.getLast());
            SortedMap<String, Long> counts = new TreeMap<>();
            Json named = report.at("counts");
            for (String what : named.names()) {
                counts.put(what, (long) named.at(what).number());
            }
            return new Outcome(
                    (long) report.at("good").number(),
                    (long) report.at("bytes").number(),
                    Duration.ofMillis((long) report.at("millis").number()),
                    counts);
        }

        @Override
        public void close() {
            process.stop();
        }
    }
}
