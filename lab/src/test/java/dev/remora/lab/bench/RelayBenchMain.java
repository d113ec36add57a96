package dev.remora.lab.bench;

import dev.remora.lab.Lab;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.run.LabProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// `./bench --relay`: our relay and the real `derper`, each as a process on loopback with TLS: memory for each of 1,000
/// idle clients, then the CPU time that a gigabyte through it takes, and how long that took.
final class RelayBenchMain {
    private static final int IDLE_CLIENTS = 1000;
    private static final int PAIRS = 4;
    private static final int PACKET = 1400;

    /// Packets of a pair that are under way at most: below what both relays queue for a client.
    private static final int UNDER_WAY = 24;

    private static final int BURST = 8;
    private static final long BYTES = 1_000_000_000;
    private static final double MEGABYTE = 1e6;
    private static final Duration START_TIME = Duration.ofSeconds(30);

    private RelayBenchMain() {}

    public static void main(String[] args) throws Exception {
        try (Lab lab = Lab.create()) {
            Path certificates = lab.authority().issue("127.0.0.1");
            SSLSocketFactory tls = trusting(lab.authority().root());
            int port = freePort();
            measure(
                    "derper 1.102.5",
                    lab.start("derper", derper(lab, certificates, port)),
                    tls,
                    port);
            int ours = freePort();
            measure("Remora", lab.start("relay", remora(lab, certificates, ours)), tls, ours);
        }
    }

    private static List<String> derper(Lab lab, Path certificates, int port) {
        return List.of(
                Programs.peer("derper"),
                "-c=" + lab.folder().resolve("derper.json"),
                "-a=127.0.0.1:" + port,
                "-http-port=-1",
                "-certmode=manual",
                "-certdir=" + certificates,
                "-hostname=127.0.0.1",
                "-stun=false");
    }

    private static List<String> remora(Lab lab, Path certificates, int port) {
        String certificate = certificates.resolve("127.0.0.1").toString();
        return List.of(
                Programs.remora(),
                "relay",
                "--state=" + lab.folder().resolve("relay"),
                "--listen=127.0.0.1:" + port,
                "--stun=off",
                "--tls=" + certificate + ".crt," + certificate + ".key");
    }

    private static void measure(String name, LabProcess relay, SSLSocketFactory tls, int port)
            throws Exception {
        relay.awaitReady(START_TIME, name + " listens", () -> listens(port));
        List<RelayClient> idle = new ArrayList<>();
        try {
            RelayClient.join(tls, port).close(); // what the first handshake loads is no client's
            long before = relay.residentBytes();
            for (int i = 0; i < IDLE_CLIENTS; i++) {
                idle.add(RelayClient.join(tls, port));
            }
            long after = relay.residentBytes();
            System.out.printf(
                    "%s: %.1f MB with no client, %.1f MB with %d idle ones: %.1f kB each%n",
                    name,
                    before / MEGABYTE,
                    after / MEGABYTE,
                    IDLE_CLIENTS,
                    (after - before) / 1e3 / IDLE_CLIENTS);
            for (String round : List.of("first", "second")) {
                gigabyte(name + ", " + round + " GB", relay, tls, port);
            }
        } finally {
            for (RelayClient client : idle) {
                client.close();
            }
            relay.stop();
        }
    }

    private static void gigabyte(String what, LabProcess relay, SSLSocketFactory tls, int port)
            throws IOException, InterruptedException, ExecutionException {
        double cpu = relay.cpuSeconds();
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> pairs = new ArrayList<>();
            for (int i = 0; i < PAIRS; i++) {
                pairs.add(threads.submit(pair(threads, tls, port)));
            }
            for (Future<Void> pair : pairs) {
                pair.get();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
                "%s: %.2f CPU seconds, %.1f s, %.0f MB resident%n",
                what, relay.cpuSeconds() - cpu, seconds, relay.residentBytes() / MEGABYTE);
    }

    /// One client sends to another; no more than is surely delivered is under way.
    private static Callable<Void> pair(ExecutorService threads, SSLSocketFactory tls, int port) {
        return () -> {
            try (RelayClient from = RelayClient.join(tls, port);
                    RelayClient to = RelayClient.join(tls, port)) {
                Semaphore free = new Semaphore(UNDER_WAY);
                Future<?> sending = threads.submit(() -> send(from, to, free));
                for (long received = 0; received < BYTES / PAIRS; ) {
                    int length = to.receive();
                    received += length;
                    free.release(length > 0 ? 1 : 0);
                }
                sending.cancel(true);
            }
            return null;
        };
    }

    private static Void send(RelayClient from, RelayClient to, Semaphore free) throws Exception {
        ByteBuffer packet = ByteBuffer.allocate(PACKET);
        for (long sent = 0; sent < BYTES / PAIRS; sent += BURST * PACKET) {
            free.acquire(BURST);
            from.send(to, packet, BURST);
        }
        return null;
    }

    private static SSLSocketFactory trusting(Path root)
            throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(root)) {
            trusted.setCertificateEntry(
                    "root", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
