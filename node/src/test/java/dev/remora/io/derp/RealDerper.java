package dev.remora.io.derp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.base.IpAddress;
import dev.remora.engine.netmap.DerpAddress;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpNode;
import dev.remora.engine.netmap.DerpRegion;
import dev.remora.engine.netmap.DerpRegionId;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The relay everybody runs, on loopback, with the certificate of the test resources. Can be stopped and started
/// again on the same ports with the same key.
final class RealDerper implements AutoCloseable {
    static final Path TLS = Path.of("src/test/resources/tls");
    static final DerpRegionId REGION = new DerpRegionId(900);
    static final String HOST = "control.test";

    private static final long READY_WITHIN_SECONDS = 20;

    private final Path binary;
    private final Path directory;
    private final int derpPort = freeTcpPort();
    private final int stunPort = freeUdpPort();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private Optional<Process> process = Optional.empty();

    private RealDerper(Path binary, Path directory) throws IOException {
        this.binary = binary;
        this.directory = directory;
        Files.copy(TLS.resolve("server.pem"), directory.resolve(HOST + ".crt"));
        Files.copy(TLS.resolve("server.key"), directory.resolve(HOST + ".key"));
    }

    /// Skips the test where the real peers are not installed.
    static RealDerper start(Path directory) throws Exception {
        Optional<Path> binary = installed();
        assumeTrue(binary.isPresent(), "no derper: run lab/peers/install.sh");
        RealDerper derper = new RealDerper(binary.get(), directory);
        derper.start();
        return derper;
    }

    private static Optional<Path> installed() throws IOException {
        String cache = System.getenv("REMORA_CACHE");
        Path peers =
                cache == null
                        ? Path.of(System.getProperty("user.home"), ".cache/remora/peers")
                        : Path.of(cache, "peers");
        if (!Files.isDirectory(peers)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(peers)) {
            return versions.map(v -> v.resolve("bin/derper"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    void start() throws Exception {
        Process started =
                new ProcessBuilder(
                                binary.toString(),
                                "-c=" + directory.resolve("derper.key"),
                                "-a=127.0.0.1:" + derpPort,
                                "-http-port=-1",
                                "-hostname=" + HOST,
                                "-certmode=manual",
                                "-certdir=" + directory,
                                "-stun",
                                "-stun-port=" + stunPort)
                        .redirectErrorStream(true)
                        .start();
        process = Optional.of(started);
        CountDownLatch serving = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> readLog(started, serving));
        if (!serving.await(READY_WITHIN_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("derper does not serve: " + lastLines);
        }
        awaitListening();
    }

    /// It says that it serves just before it listens.
    private void awaitListening() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_WITHIN_SECONDS);
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), derpPort).close();
                return;
            } catch (ConnectException e) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("derper does not listen: " + lastLines, e);
                }
                Thread.onSpinWait();
            }
        }
    }

    private void readLog(Process derper, CountDownLatch serving) {
        try (BufferedReader log = derper.inputReader()) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                lastLines.add(line);
                if (line.contains("serving on")) {
                    serving.countDown();
                }
            }
        } catch (IOException e) {
            lastLines.add(e.toString()); // the process was ended
        }
    }

    void stop() throws InterruptedException {
        Process running = process.orElseThrow();
        running.destroyForcibly();
        running.waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }

    int stunPort() {
        return stunPort;
    }

    DerpMap map(Optional<String> certName) {
        return mapOf(node(HOST, derpPort, certName, false));
    }

    DerpMap insecureMap() {
        return mapOf(node("127.0.0.1", derpPort, Optional.empty(), true));
    }

    /// The first node of the region is one that is not there.
    DerpMap mapWithDeadNodeFirst() throws IOException {
        DerpNode dead = node(HOST, freeTcpPort(), Optional.empty(), false);
        DerpRegion region = region(List.of(dead, node(HOST, derpPort, Optional.empty(), false)));
        return new DerpMap(Map.of(REGION, region), Map.of(), true);
    }

    private static DerpMap mapOf(DerpNode node) {
        return new DerpMap(Map.of(REGION, region(List.of(node))), Map.of(), true);
    }

    private static DerpRegion region(List<DerpNode> nodes) {
        return new DerpRegion(REGION, "lab", "Lab", false, false, nodes);
    }

    private static DerpNode node(
            String host, int port, Optional<String> certName, boolean insecure) {
        return new DerpNode(
                "900-" + port,
                REGION,
                host,
                certName,
                new DerpAddress.Fixed(IpAddress.LOOPBACK_V4),
                new DerpAddress.Off(),
                OptionalInt.empty(),
                false,
                port,
                insecure,
                Optional.empty(),
                false);
    }

    private static int freeTcpPort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static int freeUdpPort() throws IOException {
        try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
