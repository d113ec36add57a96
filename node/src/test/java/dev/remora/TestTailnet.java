package dev.remora;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.remora.io.control.Headscale;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The tailnet of a real headscale 0.29.0, for nodes of this JVM.
final class TestTailnet implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(30);

    private final Headscale headscale;
    private final String authKey;

    private TestTailnet(Headscale headscale, String authKey) {
        this.headscale = headscale;
        this.authKey = authKey;
    }

    /// Skips the test where there is no headscale.
    static TestTailnet start(Path folder) throws Exception {
        Optional<Path> binary = Headscale.binary();
        assumeTrue(binary.isPresent(), "headscale is not installed: run lab/peers/install.sh");
        Headscale headscale = Headscale.start(binary.get(), folder);
        return new TestTailnet(headscale, headscale.authKey("--reusable", "--ephemeral"));
    }

    String authKey() {
        return authKey;
    }

    /// A node that may join, and is forgotten when it is gone.
    RemoraNode.Builder newcomer(String hostname) {
        return builder(hostname).authKey(authKey).ephemeral(true);
    }

    RemoraNode.Builder builder(String hostname) {
        return RemoraNode.builder()
                .controlUrl(headscale.url().toString())
                .authorities(Path.of("src/test/resources/tls/ca.pem").toAbsolutePath())
                .hostname(hostname);
    }

    /// Connects as soon as the other node is known.
    static Socket connect(RemoraNode from, String name, int port) throws IOException {
        long deadline = System.nanoTime() + SOON.toNanos();
        while (true) {
            try {
                return from.connect(name, port);
            } catch (UnknownHostException | ConnectException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    static String address(RemoraNode node, boolean v4) {
        return node.status().addresses().stream()
                .map(InetAddress::getHostAddress)
                .filter(text -> text.contains(":") != v4)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() throws Exception {
        headscale.close();
    }
}
