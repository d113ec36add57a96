package dev.remora.io.derp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.proto.stun.BindingRequest;
import dev.remora.proto.stun.BindingResponse;
import dev.remora.proto.stun.TxId;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our relay connections against the released relay.
@Tag("host")
class RealDerperHostTest {
    private static final Set<IpAddress> SOME_ADDRESS = Set.of(IpAddress.v4(0xc0000201));

    @TempDir Path directory;

    @Test
    void twoClientsExchangePackets() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = TestClient.atHome(1, derper.map(Optional.empty()));
                TestClient bob = TestClient.atHome(2, derper.map(Optional.empty()))) {
            assertThat(alice.send(bob, "hello")).isTrue();
            assertThat(bob.expect("packet")).isEqualTo("packet " + alice.key() + " hello");
            assertThat(bob.send(alice, "hello yourself")).isTrue();
            assertThat(alice.expect("packet")).endsWith("hello yourself");
            assertThat(alice.heardThrough(bob.key())).contains(RealDerper.REGION);
            assertThat(alice.status())
                    .singleElement()
                    .satisfies(status -> {
                        assertThat(status.phase()).isEqualTo(RelayStatus.Phase.CONNECTED);
                        assertThat(status.home()).isTrue();
                        assertThat(status.trouble()).isEmpty();
                        assertThat(status.server().orElseThrow()).contains("127.0.0.1");
                    });
        }
    }

    @Test
    void aPacketForARegionWithoutAConnectionOpensOneAndArrives() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = new TestClient(3, "ca.pem");
                TestClient bob = TestClient.atHome(4, derper.map(Optional.empty()))) {
            alice.tell(relays -> relays.onDerpMap(derper.map(Optional.empty())));
            assertThat(alice.send(bob, "out of the blue")).isTrue();
            assertThat(bob.expect("packet")).endsWith("out of the blue");
        }
    }

    @Test
    void connectsAgainWhenTheRelayRestarts() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = TestClient.atHome(5, derper.map(Optional.empty()));
                TestClient bob = TestClient.atHome(6, derper.map(Optional.empty()))) {
            derper.stop();
            alice.expect("disconnected");
            bob.expect("disconnected");
            derper.start();
            alice.expect("connected");
            bob.expect("connected");
            alice.send(bob, "still there?");
            assertThat(bob.expect("packet")).endsWith("still there?");
        }
    }

    @Test
    void hearsThatAPeerHasGone() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = TestClient.atHome(7, derper.map(Optional.empty()));
                TestClient bob = TestClient.atHome(8, derper.map(Optional.empty()))) {
            bob.send(alice, "bye");
            alice.expect("packet");
            bob.tell(DerpRelays::close);
            assertThat(alice.expect("gone")).isEqualTo("gone " + bob.key() + " 0");
            assertThat(alice.heardThrough(bob.key())).isEmpty();
        }
    }

    @Test
    void refusesACertificateOfAnUnknownAuthorityAndSaysSo() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = new TestClient(9, "other-ca.pem")) {
            alice.tell(relays -> relays.onDerpMap(derper.map(Optional.empty())));
            alice.tell(relays -> relays.setHome(RealDerper.REGION));

            assertThat(alice.expect("disconnected"))
                    .contains("its certificate is refused", "unknown authority")
                    .doesNotContain("derpkey");
            assertThat(alice.status().getFirst().trouble()).isPresent();
        }
    }

    @Test
    void acceptsAPinnedCertificateOfAnyAuthorityAndNoOther() throws Exception {
        String pin = "sha256-raw:" + sha256();
        String wrong = "sha256-raw:" + "ab".repeat(32);
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = new TestClient(10, "other-ca.pem")) {
            alice.tell(relays -> relays.setHome(RealDerper.REGION));
            alice.tell(relays -> relays.onDerpMap(derper.map(Optional.of(wrong))));
            assertThat(alice.expect("disconnected")).contains("not the one certificate");
            alice.tell(relays -> relays.onDerpMap(derper.map(Optional.of(pin))));
            alice.expect("connected");
        }
    }

    @Test
    void goesOnToTheNextNodeOfTheRegion() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = TestClient.atHome(11, derper.mapWithDeadNodeFirst())) {
            assertThat(alice.status()).hasSize(1);
        }
    }

    @Test
    void aNewKeyMeansANewConnection() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = TestClient.atHome(12, derper.map(Optional.empty()));
                TestClient bob = TestClient.atHome(13, derper.map(Optional.empty()))) {
            var next = NodePrivateKey.generate(new Random(99));
            alice.tell(relays -> relays.rotate(next));
            alice.expect("connected");
            alice.send(bob, "it is me");
            assertThat(bob.expect("packet")).startsWith("packet " + next.publicKey());
        }
    }

    @Test
    void aChangedLinkIsProbedAndAMissingNetworkEndsEverything() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = TestClient.atHome(14, derper.map(Optional.empty()));
                TestClient bob = TestClient.atHome(15, derper.map(Optional.empty()))) {
            alice.tell(relays -> relays.onLinkChange(SOME_ADDRESS));
            bob.send(alice, "one");
            alice.expect("packet");
            alice.tell(relays -> relays.onLinkChange(Set.of()));
            assertThat(alice.expect("disconnected")).contains("for now", "no network");
            assertThat(alice.send(bob, "two")).isFalse();
            assertThat(alice.dropped(DropReason.OFFLINE)).isEqualTo(1);
            alice.tell(relays -> relays.onLinkChange(SOME_ADDRESS));
            alice.expect("connected");
        }
    }

    @Test
    void aTestNodeIsTakenForWhatItIsNot() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = new TestClient(16, "other-ca.pem")) {
            DerpMap map = derper.insecureMap();
            alice.tell(relays -> relays.onDerpMap(map));
            alice.tell(relays -> relays.setHome(RealDerper.REGION));
            // this relay insists on its name, which an address cannot give; that we got so far as
            // to be told shows
            // that its certificate was not in the way
            assertThat(alice.expect("disconnected")).contains("TLS failed");
        }
    }

    @Test
    void tellsItsDistanceByHttps() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                TestClient alice = new TestClient(17, "ca.pem");
                TestClient mistrusting = new TestClient(18, "other-ca.pem")) {
            alice.tell(relays -> relays.onDerpMap(derper.map(Optional.empty())));
            mistrusting.tell(relays -> relays.onDerpMap(derper.map(Optional.empty())));

            assertThat(alice.measureHttps())
                    .isInstanceOfSatisfying(
                            HttpsLatency.Measured.class,
                            measured -> {
                                assertThat(measured.nanos()).isPositive();
                                assertThat(measured.ipv6()).isFalse();
                            });
            assertThat(mistrusting.measureHttps()).isInstanceOf(HttpsLatency.Failed.class);
        }
    }

    @Test
    void tellsOurAddressByStun() throws Exception {
        try (RealDerper derper = RealDerper.start(directory);
                DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            BindingRequest request = new BindingRequest(new TxId(1, 2));
            ByteBuffer out = ByteBuffer.allocate(BindingRequest.LENGTH);
            request.writeTo(out);
            socket.setSoTimeout(5000);
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            socket.send(
                    new DatagramPacket(
                            out.array(),
                            out.position(),
                            InetAddress.getLoopbackAddress(),
                            derper.stunPort()));
            socket.receive(answer);

            var in = ByteBuffer.wrap(answer.getData(), 0, answer.getLength());
            assertThat(BindingResponse.parse(in))
                    .isEqualTo(
                            new BindingResponse(
                                    request.txId(),
                                    new IpPort(IpAddress.LOOPBACK_V4, socket.getLocalPort())));
        }
    }

    private static String sha256() throws Exception {
        try (InputStream in = Files.newInputStream(RealDerper.TLS.resolve("server.pem"))) {
            byte[] der =
                    CertificateFactory.getInstance("X.509").generateCertificate(in).getEncoded();
            return Bytes32.of(MessageDigest.getInstance("SHA-256").digest(der)).hex();
        }
    }
}
