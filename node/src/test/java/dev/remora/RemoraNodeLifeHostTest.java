package dev.remora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a node comes to be a member, what it says when it is none, and how it ends.
class RemoraNodeLifeHostTest extends NodesOnATailnet {
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
        List<RemoraNode> pair = join(tailnet.newcomer("closed"), tailnet.newcomer("mute"));
        RemoraNode node = pair.getFirst();
        ServerSocket server = node.listen(80);
        Future<Socket> accepting = threads.submit(server::accept);
        Future<Integer> reading;
        try (ServerSocket mute = pair.getLast().listen(80)) {
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

    @ParameterizedTest(name = "portable {0}")
    @ValueSource(booleans = {false, true})
    void closingLeavesNoThreadAndNoDescriptor(boolean portable) throws Exception {
        liveShortly(1, portable); // loads whatever is loaded once
        long threadsBefore = platformThreads();
        long descriptorsBefore = descriptors();
        liveShortly(3, portable);
        eventually(() -> platformThreads() <= threadsBefore);
        eventually(() -> descriptors() <= descriptorsBefore + 1);
    }

    private void liveShortly(int servers, boolean portable) throws Exception {
        RemoraNode.Builder[] newcomers = new RemoraNode.Builder[servers + 1];
        Arrays.setAll(newcomers, i -> tailnet.newcomer("leak-" + i).portable(portable));
        List<RemoraNode> members = join(newcomers);
        RemoraNode caller = members.getLast();
        for (int i = 0; i < servers; i++) {
            try (ServerSocket server = members.get(i).listen(80);
                    Socket near =
                            TestTailnet.connect(
                                    caller, TestTailnet.address(members.get(i), true), 80);
                    Socket far = server.accept()) {
                near.getOutputStream().write(7);
                assertThat(far.getInputStream().read()).isEqualTo(7);
            }
        }
        members.forEach(RemoraNode::close);
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
}
