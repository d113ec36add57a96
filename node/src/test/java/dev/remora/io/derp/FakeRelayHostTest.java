package dev.remora.io.derp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.io.loop.HttpProxies;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.HandshakeFrame;
import dev.remora.proto.derp.ServerDetails;
import dev.remora.proto.derp.ServerHandshake;
import dev.remora.testing.FakeProxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Our relay connections against a relay that does what the released one never does on request.
@Tag("host")
class FakeRelayHostTest {
    private static final NodeKey PEER = new NodeKey(new Bytes32(1, 2, 3, 4));

    @Test
    void takesTheLongWayInWithoutTheExtraCertificateAndSaysWhereItsHomeIs() throws Exception {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.welcome();
                            heard.add(client.read());
                            client.idle();
                        });
                TestClient node = TestClient.atHome(1, relay.map())) {
            assertThat(heard.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(new DerpFrame.NotePreferred(true));
            assertThat(node.status().getFirst().phase()).isEqualTo(RelayStatus.Phase.CONNECTED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "no upgrade, 426 Upgrade Required",
        "other upgrade, 426 Upgrade Required",
        "probe by POST, 405 Method Not Allowed",
        "generate_204, 204 No Content"
    })
    void saysWhatAServerAnswersThatDoesNotUpgrade(String recorded, String said) throws Exception {
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.readRequest();
                            client.write(FakeRelay.recordedAnswer(recorded));
                            client.idle();
                        });
                TestClient node = startAt(relay)) {
            assertThat(node.expect("disconnected")).contains(said);
        }
    }

    @Test
    void hangsUpOnWhatIsNoRelay() throws Exception {
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.readRequest();
                            client.write("220 mail.example ESMTP\r\n");
                            client.idle();
                        });
                TestClient node = startAt(relay)) {
            assertThat(node.expect("disconnected")).contains("does not speak HTTP");
        }
    }

    @Test
    void hangsUpOnARelayThatDoesNotOwnItsKey() throws Exception {
        NodePrivateKey other = NodePrivateKey.generate(new Random(1));
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.upgrade();
                            var info = (HandshakeFrame.ClientInfo) client.read();
                            ServerHandshake wrong = new ServerHandshake(other, info.client());
                            client.write(
                                    wrong.serverInfo(new ServerDetails(2, 0, 0), new Random(1)));
                            client.idle();
                        });
                TestClient node = startAt(relay)) {
            assertThat(node.expect("disconnected")).contains("box does not open");
        }
    }

    @Test
    void hangsUpOnAFrameThatIsNone() throws Exception {
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.welcome();
                            client.write(new byte[] {5, 0x7f, 0, 0, 0});
                            client.idle();
                        });
                TestClient node = startAt(relay)) {
            assertThat(node.expect("disconnected")).contains("DERP frame of");
        }
    }

    @Test
    void answersPingsAndSkipsWhatItDoesNotKnow() throws Exception {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.welcome();
                            client.read(); // that this is its home
                            client.write(new DerpFrame.Unknown(0x7f, ByteBuffer.allocate(30)));
                            client.write(new byte[] {0x12, 0, 0, 0, 2, 1, 2}); // too short a ping
                            client.write(new DerpFrame.Ping(42));
                            heard.add(client.read());
                            client.write(packet("after all that"));
                            client.idle();
                        });
                TestClient node = TestClient.atHome(2, relay.map())) {
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(new DerpFrame.Pong(42));
            assertThat(node.expect("packet")).endsWith("after all that");
        }
    }

    @Test
    void passesOnWhatTheRelaySaysOfItsHealth() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.welcome();
                            client.write(new DerpFrame.Health("two of you"));
                            seen.await();
                            client.write(new DerpFrame.Health(""));
                            client.idle();
                        });
                TestClient node = TestClient.atHome(3, relay.map())) {
            assertThat(node.expect("health")).isEqualTo("health two of you");
            assertThat(node.status().getFirst().health()).isEqualTo("two of you");
            seen.countDown();
            assertThat(node.expect("health")).isEqualTo("health ");
        }
    }

    @Test
    void staysAwayAsLongAsARestartingRelayAsks() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.welcome();
                            if (connections.incrementAndGet() == 1) {
                                client.write(new DerpFrame.Restarting(700, 5000));
                            } else {
                                client.idle();
                            }
                        });
                TestClient node = TestClient.atHome(4, relay.map())) {
            assertThat(node.expect("disconnected")).contains("the relay restarts");
            long lostAt = System.nanoTime();
            node.expect("connected");
            assertThat(System.nanoTime() - lostAt)
                    .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(500));
        }
    }

    @Test
    void dropsTheOldestPacketsWhileTheRelayDoesNotRead() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        BlockingQueue<String> last = new LinkedBlockingQueue<>();
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.welcome();
                            client.read();
                            sent.await();
                            while (true) {
                                var packet = ((DerpFrame.SendPacket) client.read()).packet();
                                last.add(
                                        StandardCharsets.US_ASCII
                                                .decode(packet.limit(5))
                                                .toString());
                            }
                        });
                TestClient node = TestClient.atHome(5, relay.map())) {
            for (int i = 0; i < 1000; i++) {
                ByteBuffer packet = ByteBuffer.allocate(60_000);
                packet.put("%05d".formatted(i).getBytes(StandardCharsets.US_ASCII)).rewind();
                node.send(PEER, packet);
            }
            assertThat(node.dropped(DropReason.QUEUE_FULL)).isPositive();
            sent.countDown();
            String newest = "";
            while (!newest.equals("00999")) {
                newest = last.poll(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void obeysTheLimitOfTheRelay() throws Exception {
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.welcome(new ServerDetails(2, 1, 1000));
                            client.idle();
                        });
                TestClient node = TestClient.atHome(6, relay.map())) {
            ByteBuffer packet = ByteBuffer.allocate(600);
            assertThat(node.send(PEER, packet.duplicate())).isTrue();
            assertThat(node.send(PEER, packet.duplicate())).isFalse();
            assertThat(node.dropped(DropReason.RATE_LIMIT)).isEqualTo(1);
        }
    }

    @Test
    void refusesPacketsThatCannotBeSent() throws Exception {
        try (TestClient node = new TestClient(7, "ca.pem")) {
            ByteBuffer packet = ByteBuffer.allocate(10);
            ByteBuffer tooLong = ByteBuffer.allocate(DerpFrame.MAX_PACKET + 1);

            assertThat(node.send(PEER, packet)).isFalse();
            assertThat(node.send(PEER, tooLong)).isFalse();

            assertThat(node.dropped(DropReason.UNKNOWN_REGION)).isEqualTo(1);
            assertThat(node.dropped(DropReason.TOO_LONG)).isEqualTo(1);
        }
    }

    @Test
    void tellsTheRelayWhenTheHomeMovesAway() throws Exception {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.welcome();
                            heard.add(client.read());
                            heard.add(client.read());
                            client.idle();
                        });
                TestClient node = TestClient.atHome(8, relay.map())) {
            node.tell(relays -> relays.setHome(new DerpRegionId(901)));

            assertThat(heard.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(new DerpFrame.NotePreferred(true));
            assertThat(heard.poll(10, TimeUnit.SECONDS))
                    .isEqualTo(new DerpFrame.NotePreferred(false));
        }
    }

    @Test
    void measuresHowFarTheRelayIs() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            heard.add(client.readRequest());
                            client.write(FakeRelay.recordedAnswer("probe"));
                            client.idle();
                        });
                TestClient node = new TestClient(100, "ca.pem")) {
            node.tell(relays -> relays.onDerpMap(relay.map()));

            assertThat(node.measureHttps()).isInstanceOf(HttpsLatency.Measured.class);
            assertThat(heard.take()).startsWith("GET /derp/latency-check HTTP/1.1\r\n");
        }
    }

    @Test
    void goesThroughAProxyThatKnowsTheRelaysName() throws Exception {
        try (FakeRelay relay =
                        FakeRelay.start(client -> {
                            client.welcome();
                            client.idle();
                        });
                FakeProxy proxy = FakeProxy.start(relay.port());
                TestClient node = new TestClient(9, "ca.pem", proxy.named())) {
            node.tell(relays -> relays.onDerpMap(relay.map()));
            node.tell(relays -> relays.setHome(RealDerper.REGION));

            node.expect("connected");
            assertThat(proxy.requests()).hasSize(1);
            assertThat(proxy.requests().getFirst())
                    .startsWith(
                            "CONNECT " + RealDerper.HOST + ":" + relay.port() + " HTTP/1.1\r\n");
        }
    }

    @Test
    void saysWhatAProxyDoesNotLetThrough() throws Exception {
        try (FakeRelay relay = FakeRelay.start(client -> client.write("HTTP/1.1 403 No\r\n\r\n"));
                TestClient node =
                        new TestClient(
                                10,
                                "ca.pem",
                                HttpProxies.of(
                                        Map.of(
                                                "HTTPS_PROXY",
                                                "https://localhost:" + relay.port())))) {
            node.tell(relays -> relays.onDerpMap(relay.map()));
            node.tell(relays -> relays.setHome(RealDerper.REGION));

            assertThat(node.expect("disconnected"))
                    .contains("the proxy https://localhost:", " refuses with HTTP 403 No");
        }
    }

    private static TestClient startAt(FakeRelay relay) throws Exception {
        TestClient node = new TestClient(100, "ca.pem");
        node.tell(relays -> relays.onDerpMap(relay.map()));
        node.tell(relays -> relays.setHome(RealDerper.REGION));
        return node;
    }

    private static DerpFrame packet(String text) {
        return new DerpFrame.RecvPacket(
                PEER, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
