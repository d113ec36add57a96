package dev.remora;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Nodes of this JVM in the tailnet of a real headscale 0.29.0, used as a library user would.
@Tag("host")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RemoraNodeHostTest {
    @TempDir static Path folder;

    private static TestTailnet tailnet;

    private final List<RemoraNode> nodes = new ArrayList<>();
    private ExecutorService threads;

    @BeforeAll
    static void startControl() throws Exception {
        tailnet = TestTailnet.start(folder);
    }

    @AfterAll
    static void stopControl() throws Exception {
        if (tailnet != null) {
            tailnet.close();
        }
    }

    @BeforeEach
    void startThreads() {
        threads = Executors.newVirtualThreadPerTaskExecutor();
    }

    @AfterEach
    void closeNodes() {
        nodes.forEach(RemoraNode::close);
        threads.shutdownNow();
    }

    private RemoraNode join(String hostname) throws IOException {
        return join(hostname, false);
    }

    private RemoraNode join(String hostname, boolean portable) throws IOException {
        return up(tailnet.newcomer(hostname).portable(portable).build());
    }

    private RemoraNode up(RemoraNode node) throws IOException {
        nodes.add(node);
        node.up(TestTailnet.SOON);
        return node;
    }

    private Future<Long> sumOf(InputStream in) {
        return threads.submit(() -> {
            CRC32 sum = new CRC32();
            byte[] buffer = new byte[1 << 16];
            for (int length; (length = in.read(buffer)) >= 0; ) {
                sum.update(buffer, 0, length);
            }
            return sum.getValue();
        });
    }

    private static long send(OutputStream out, long bytes, long seed) throws IOException {
        Random random = new Random(seed);
        CRC32 sum = new CRC32();
        byte[] buffer = new byte[100_000];
        for (long left = bytes; left > 0; left -= buffer.length) {
            random.nextBytes(buffer);
            int length = (int) Math.min(left, buffer.length);
            out.write(buffer, 0, length);
            sum.update(buffer, 0, length);
        }
        return sum.getValue();
    }

    @Test
    void membersReachEachOtherByNameAndByBothAddresses() throws Exception {
        RemoraNode a = join("alpha");
        RemoraNode b = join("beta");
        RemoraNode c = join("gamma");
        try (ServerSocket server = b.listen(80)) {
            threads.submit(() -> {
                while (true) {
                    try (Socket peer = server.accept()) {
                        String who = b.whoIs(peer.getInetAddress()).orElseThrow().name();
                        peer.getOutputStream().write(who.getBytes(UTF_8));
                    }
                }
            });
            String full = b.status().name().orElseThrow();
            for (String name :
                    List.of(
                            "beta",
                            full,
                            full + ".",
                            TestTailnet.address(b, true),
                            TestTailnet.address(b, false))) {
                try (Socket socket = TestTailnet.connect(a, name, 80)) {
                    assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                            .startsWith("alpha.");
                }
            }
            try (Socket socket = TestTailnet.connect(c, "beta", 80)) {
                assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                        .startsWith("gamma.");
                assertThat(socket.getPort()).isEqualTo(80);
                assertThat(socket.getInetAddress().getHostAddress())
                        .isEqualTo(TestTailnet.address(b, true));
                assertThat(socket.getLocalAddress().getHostAddress())
                        .isEqualTo(TestTailnet.address(c, true));
            }
        }
        assertThatThrownBy(() -> a.connect("nobody", 80)).isInstanceOf(UnknownHostException.class);
        assertThatThrownBy(() -> a.connect("beta", 80))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("refused");
    }

    /// One that does without native code talks to one that has it, too.
    @ParameterizedTest(name = "portable {0}")
    @ValueSource(booleans = {false, true})
    void aHundredMegabytesEachWayAtOnceArriveIntact(boolean portable) throws Exception {
        RemoraNode a = join("bulk-a", portable);
        RemoraNode b = join("bulk-b");
        long bytes = 100_000_000;
        try (ServerSocket server = b.listen(9);
                Socket near = TestTailnet.connect(a, "bulk-b", 9);
                Socket far = server.accept()) {
            Future<Long> gotFar = sumOf(far.getInputStream());
            Future<Long> gotNear = sumOf(near.getInputStream());
            Future<Long> sentNear =
                    threads.submit(() -> {
                        long sum = send(near.getOutputStream(), bytes, 1);
                        near.shutdownOutput();
                        return sum;
                    });
            long sentFar = send(far.getOutputStream(), bytes, 2);
            far.shutdownOutput();

            assertThat(gotFar.get()).isEqualTo(sentNear.get());
            assertThat(gotNear.get()).isEqualTo(sentFar);
        }
    }

    @ParameterizedTest(name = "portable {0}")
    @ValueSource(booleans = {false, true})
    void aSocketKeepsTheRulesOfTheJdks(boolean portable) throws Exception {
        RemoraNode a = join("rules-a", portable);
        RemoraNode b = join("rules-b", portable);
        ServerSocket server = b.listen(80);
        assertThatThrownBy(() -> b.listen(80)).hasMessageContaining("in use");
        server.setSoTimeout(50);
        assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
        server.setSoTimeout(0);
        try (Socket near = TestTailnet.connect(a, "rules-b", 80);
                Socket far = server.accept()) {
            near.setSoTimeout(50);
            near.setReceiveBufferSize(1 << 20);
            near.setTrafficClass(4);
            assertThatThrownBy(() -> near.getInputStream().read())
                    .isInstanceOf(SocketTimeoutException.class);
            near.setSoTimeout(0);

            near.getOutputStream().write("question".getBytes(UTF_8));
            near.shutdownOutput();
            assertThat(far.getInputStream().readAllBytes()).asString().isEqualTo("question");
            far.getOutputStream().write("answer".getBytes(UTF_8));
            far.close();
            assertThat(near.getInputStream().readAllBytes()).asString().isEqualTo("answer");
            assertThatThrownBy(() -> near.getOutputStream().write(1))
                    .isInstanceOf(IOException.class);
        }
        try (Socket near = TestTailnet.connect(a, "rules-b", 80);
                Socket far = server.accept()) {
            Future<Integer> reading = threads.submit(() -> near.getInputStream().read());
            near.close();
            assertThatThrownBy(reading::get).hasCauseInstanceOf(SocketException.class);
            assertThat(far.getInputStream().read()).isEqualTo(-1);
        }
        try (Socket near = TestTailnet.connect(a, "rules-b", 80);
                Socket far = server.accept()) {
            near.setSoLinger(true, 0);
            near.close();
            assertThatThrownBy(() -> far.getInputStream().read()).hasMessageContaining("reset");
        }
        Future<Socket> accepting = threads.submit(server::accept);
        server.close();
        assertThatThrownBy(accepting::get).hasCauseInstanceOf(SocketException.class);
        b.listen(80).close();
    }

    @Test
    void fiveHundredConnectionsAtOnceAndNothingIsLeft() throws Exception {
        RemoraNode a = join("many-a");
        RemoraNode b = join("many-b");
        try (ServerSocket server = b.listen(80)) {
            threads.submit(() -> {
                while (true) {
                    Socket peer = server.accept();
                    threads.submit(() -> {
                        try (peer) {
                            peer.getInputStream().transferTo(peer.getOutputStream());
                        }
                        return true;
                    });
                }
            });
            TestTailnet.connect(a, "many-b", 80).close();
            List<Future<Boolean>> clients = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                byte[] text = ("number " + i).getBytes(UTF_8);
                clients.add(
                        threads.submit(() -> {
                            try (Socket socket = a.connect("many-b", 80)) {
                                socket.getOutputStream().write(text);
                                socket.shutdownOutput();
                                assertThat(socket.getInputStream().readAllBytes()).isEqualTo(text);
                            }
                            return true;
                        }));
            }
            for (Future<Boolean> client : clients) {
                assertThat(client.get()).isTrue();
            }
        }
    }

    @ParameterizedTest(name = "portable {0}")
    @ValueSource(booleans = {false, true})
    void closingLeavesNoThreadAndNoDescriptor(boolean portable) throws Exception {
        liveShortly("leak-0", portable); // loads whatever is loaded once
        long threadsBefore = platformThreads();
        long descriptorsBefore = descriptors();
        for (int i = 1; i <= 3; i++) {
            liveShortly("leak-" + i, portable);
        }
        eventually(() -> platformThreads() <= threadsBefore);
        eventually(() -> descriptors() <= descriptorsBefore + 1);
    }

    private void liveShortly(String name, boolean portable) throws Exception {
        try (RemoraNode a = join(name + "a", portable);
                RemoraNode b = join(name + "b", portable)) {
            try (ServerSocket server = a.listen(80);
                    Socket near = TestTailnet.connect(b, name + "a", 80);
                    Socket far = server.accept()) {
                near.getOutputStream().write(7);
                assertThat(far.getInputStream().read()).isEqualTo(7);
            }
        }
    }

    /// A thread or a descriptor that is told to end takes a moment.
    private static void eventually(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TestTailnet.SOON.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static long platformThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("remora"))
                .count();
    }

    private static long descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    @Test
    void aWrongKeyIsSaidAtOnce() throws Exception {
        try (RemoraNode node = tailnet.builder("wrong").authKey("0123456789abcdef").build()) {
            long before = System.nanoTime();
            assertThatThrownBy(() -> node.up(TestTailnet.SOON))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("key");
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isLessThan(Duration.ofSeconds(10));
            assertThat(node.status().problem()).isPresent();
        }
    }

    @Test
    void aClosedNodeSaysSo() throws Exception {
        RemoraNode node = join("closed");
        ServerSocket server = node.listen(80);
        Future<Socket> accepting = threads.submit(server::accept);
        Future<Integer> reading;
        try (ServerSocket mute = join("mute").listen(80)) {
            Socket near = TestTailnet.connect(node, "mute", 80);
            mute.accept();
            reading = threads.submit(() -> near.getInputStream().read());
            node.close();
            node.close();
        }
        assertThatThrownBy(accepting::get).hasCauseInstanceOf(SocketException.class);
        assertThatThrownBy(reading::get)
                .as("our end is not the peer's")
                .hasCauseInstanceOf(SocketException.class);
        assertThat(server.isClosed()).isTrue();
        assertThatThrownBy(() -> node.connect("100.64.0.1", 80))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> node.listen(81)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> node.up(TestTailnet.SOON)).hasMessageContaining("closed");
        assertThatThrownBy(() -> node.way("mute", TestTailnet.SOON)).hasMessageContaining("closed");
        assertThatThrownBy(node::status).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aNodeIsNoMemberBesideItself() throws Exception {
        try (RemoraNode stranger = tailnet.newcomer("self").build()) {
            for (String name : List.of("peer", "100.64.0.1")) {
                assertThatThrownBy(() -> stranger.connect(name, 80))
                        .isInstanceOf(UnknownHostException.class)
                        .hasMessage("not on a tailnet yet");
            }
        }
        RemoraNode node = join("self");
        String v6 = TestTailnet.address(node, false);
        for (String name :
                List.of("self", TestTailnet.address(node, true), v6, "[" + v6 + "]", "SELF.")) {
            assertThatThrownBy(() -> node.connect(name, 80))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage(name + " is this node itself, not another member");
        }
    }

    @Test
    void waitingMayTakeForEver() throws Exception {
        RemoraNode node = tailnet.newcomer("patient").build();
        nodes.add(node);
        node.up(Duration.ofSeconds(Long.MAX_VALUE));
        assertThat(node.status().connected()).isTrue();
    }

    @Test
    void whoWaitsToJoinIsToldThatTheNodeWasClosed() throws Exception {
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            RemoraNode node =
                    RemoraNode.builder()
                            .controlUrl("http://127.0.0.1:" + mute.getLocalPort())
                            .build();
            Future<?> joining =
                    threads.submit(() -> {
                        node.up(TestTailnet.SOON);
                        return true;
                    });
            mute.accept();
            node.close();
            assertThatThrownBy(() -> joining.get(5, TimeUnit.SECONDS))
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void aSecondUpFindsTheNodeAMember() throws Exception {
        RemoraNode node = join("twice");
        List<InetAddress> addresses = node.status().addresses();
        node.up(TestTailnet.SOON);
        assertThat(node.status().addresses()).isEqualTo(addresses);
        assertThatThrownBy(() -> node.listen(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> node.connect("twice", 65536))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStateDirectoryKeepsTheAddress(@TempDir Path state) throws Exception {
        List<InetAddress> first;
        try (RemoraNode node =
                tailnet.builder("kept").authKey(tailnet.authKey()).stateDirectory(state).build()) {
            node.up(TestTailnet.SOON);
            first = node.status().addresses();
        }
        try (RemoraNode node = tailnet.builder("kept").stateDirectory(state).build()) {
            node.up(TestTailnet.SOON);
            assertThat(node.status().addresses()).isEqualTo(first).hasSize(2);
        }
    }
}
