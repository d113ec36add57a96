package dev.remora;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes between nodes, and what is left when it is over.
class RemoraNodeHostTest extends NodesOnATailnet {
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
        List<RemoraNode> members =
                join(
                        tailnet.newcomer("alpha"),
                        tailnet.newcomer("beta"),
                        tailnet.newcomer("gamma"));
        RemoraNode a = members.get(0);
        RemoraNode b = members.get(1);
        RemoraNode c = members.get(2);
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
        List<RemoraNode> pair =
                join(tailnet.newcomer("bulk-a").portable(portable), tailnet.newcomer("bulk-b"));
        RemoraNode a = pair.getFirst();
        RemoraNode b = pair.getLast();
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
        List<RemoraNode> pair =
                join(
                        tailnet.newcomer("rules-a").portable(portable),
                        tailnet.newcomer("rules-b").portable(portable));
        RemoraNode a = pair.getFirst();
        RemoraNode b = pair.getLast();
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
            near.setOption(StandardSocketOptions.TCP_NODELAY, false);
            assertThat(near.getTcpNoDelay()).isFalse();
            assertThat(near.supportedOptions()).contains(StandardSocketOptions.SO_KEEPALIVE);
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
        try (Socket near = TestTailnet.connect(a, "rules-b", 80);
                Socket far = server.accept()) {
            FutureTask<Integer> reading = new FutureTask<>(() -> near.getInputStream().read());
            Thread.ofVirtual().start(reading).interrupt();
            assertThatThrownBy(reading::get)
                    .hasRootCauseInstanceOf(ClosedByInterruptException.class);
            assertThat(near.isClosed()).isTrue();
            assertThat(far.getInputStream().read()).isEqualTo(-1);
        }
        Future<Socket> accepting = threads.submit(server::accept);
        server.close();
        assertThatThrownBy(accepting::get).hasCauseInstanceOf(SocketException.class);
        b.listen(80).close();
    }

    @Test
    void fiveHundredConnectionsAtOnceAndNothingIsLeft() throws Exception {
        List<RemoraNode> pair = join(tailnet.newcomer("many-a"), tailnet.newcomer("many-b"));
        RemoraNode a = pair.getFirst();
        RemoraNode b = pair.getLast();
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
}
