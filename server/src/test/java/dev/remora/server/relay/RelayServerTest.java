package dev.remora.server.relay;

import static dev.remora.server.relay.TestRelay.ALICE;
import static dev.remora.server.relay.TestRelay.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.proto.derp.HandshakeFrame;
import dev.remora.proto.derp.MetaCertificate;
import dev.remora.server.http.HttpEnd;
import dev.remora.server.http.HttpServer;
import dev.remora.server.http.HttpSettings;
import dev.remora.server.tls.ServerCertificate;
import dev.remora.server.tls.ServerTls;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A relay on a real socket with real TLS, and the JDK's own sockets as its clients.
class RelayServerTest {
    private static final int PATIENCE_MS = 20_000;
    private static final String FAST = Wire.UPGRADE + "Derp-Fast-Start: 1\r\n\r\n";

    private final EngineLoop loop = EngineLoop.start("relay-test");
    private ServerCertificate certificate;
    private HttpSettings settings;

    @BeforeEach
    void makeTheCertificate() throws Exception {
        DerpServerKey key = new DerpServerKey(TestRelay.KEY.publicKey().bytes());
        Instant now = Instant.now();
        certificate = ServerCertificate.forAddress(IpAddress.LOOPBACK_V4, now).tellingKey(key, now);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
        ServerTls tls = ServerTls.of(certificate, Thread::startVirtualThread);
        settings = HttpSettings.of(any, Optional.of(tls));
    }

    @AfterEach
    void endTheLoop() throws InterruptedException {
        loop.closeAndWait();
    }

    private record Running(RelayServer relay, HttpServer http) implements AutoCloseable {
        @Override
        public void close() {
            relay.close();
            http.close();
        }
    }

    private Running start(HttpSettings settings) throws IOException {
        RelayServer relay = new RelayServer(loop, RelaySettings.open(TestRelay.KEY));
        return new Running(relay, HttpServer.start(loop, settings, relay.routes()));
    }

    /// A connection whose certificate was checked against the one trusted here, address included.
    private SSLSocket connect(Running relay, String protocol) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("relay", certificate.chain().getFirst());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket("127.0.0.1", relay.http().address().getPort());
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {protocol});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(PATIENCE_MS);
        socket.startHandshake();
        return socket;
    }

    private static void write(Socket socket, String request, DerpFrame... frames)
            throws IOException {
        byte[] head = request.getBytes(StandardCharsets.US_ASCII);
        byte[] tail = Wire.bytesOf(frames);
        ByteBuffer both = ByteBuffer.allocate(head.length + tail.length).put(head).put(tail);
        socket.getOutputStream().write(both.array());
    }

    private static DerpFrame read(Socket socket) throws IOException, MalformedException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int type = in.readUnsignedByte();
        byte[] payload = new byte[in.readInt()];
        in.readFully(payload);
        return DerpFrame.parse(type, ByteBuffer.wrap(payload));
    }

    private SSLSocket join(Running relay, NodePrivateKey key) throws Exception {
        SSLSocket socket = connect(relay, "TLSv1.3");
        write(socket, FAST, Wire.introduction(key, ClientDetails.OF_NODE));
        assertThat(read(socket)).isEqualTo(new HandshakeFrame.ServerKey(relay.relay().publicKey()));
        assertThat(read(socket)).isInstanceOf(HandshakeFrame.ServerInfo.class);
        return socket;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void theCertificatesTellTheRelaysKey(String protocol) throws Exception {
        try (Running relay = start(settings);
                SSLSocket socket = connect(relay, protocol)) {
            List<Certificate> presented = List.of(socket.getSession().getPeerCertificates());

            assertThat(presented).hasSize(2);
            assertThat(MetaCertificate.find(presented))
                    .contains(
                            new MetaCertificate(relay.relay().publicKey(), ClientDetails.VERSION));
        }
    }

    @Test
    void carriesPacketsBetweenClientsThatStartedFast() throws Exception {
        try (Running relay = start(settings);
                SSLSocket alice = join(relay, ALICE);
                SSLSocket bob = join(relay, BOB)) {
            for (int length : new int[] {1, 1400, DerpFrame.MAX_PACKET}) {
                ByteBuffer packet = ByteBuffer.allocate(length).put(0, (byte) length);
                write(alice, "", new DerpFrame.SendPacket(BOB.publicKey(), packet));

                assertThat(read(bob))
                        .isEqualTo(new DerpFrame.RecvPacket(ALICE.publicKey(), packet));
            }
            assertThat(relay.relay().counts().packetsDelivered()).isEqualTo(3);
        }
    }

    @Test
    void saysWhenItWillBeBackAndEndsConnectionsInOrder() throws Exception {
        try (Running relay = start(settings);
                SSLSocket alice = join(relay, ALICE)) {
            relay.close();

            assertThat(read(alice)).isInstanceOf(DerpFrame.Restarting.class);
            assertThat(alice.getInputStream().read()).isEqualTo(-1);
            assertThat(relay.relay().counts().hangups(Hangup.SHUTDOWN)).isEqualTo(1);
        }
    }

    @Test
    void moreConnectionsThanThereMayBeAreClosedAtOnce() throws Exception {
        try (Running relay = start(settings.withMostConnections(1));
                SSLSocket alice = join(relay, ALICE);
                Socket other = new Socket("127.0.0.1", relay.http().address().getPort())) {
            other.setSoTimeout(PATIENCE_MS);

            assertThat(other.getInputStream().read()).isEqualTo(-1);
            assertThat(relay.http().counts().ended(HttpEnd.FULL)).isEqualTo(1);
            write(alice, "", new DerpFrame.Ping(5));
            assertThat(read(alice)).isEqualTo(new DerpFrame.Pong(5));
        }
    }

    @Test
    void whatIsNoTlsIsHungUpOnAndCounted() throws Exception {
        try (Running relay = start(settings);
                Socket stranger = new Socket("127.0.0.1", relay.http().address().getPort())) {
            stranger.setSoTimeout(PATIENCE_MS);
            write(stranger, "GET / HTTP/1.1\r\n\r\n");

            stranger.getInputStream().readAllBytes();
            try (SSLSocket alice = join(relay, ALICE)) {
                assertThat(alice.isConnected()).isTrue();
            }
            assertThat(relay.http().counts().ended(HttpEnd.TLS_FAILED)).isEqualTo(1);
        }
    }

    @Test
    void withoutTlsItIsARelayForAProxyInFrontOfIt() throws Exception {
        HttpSettings plain = HttpSettings.of(settings.listen(), Optional.empty());
        try (Running relay = start(plain);
                Socket alice = new Socket("127.0.0.1", relay.http().address().getPort())) {
            alice.setSoTimeout(PATIENCE_MS);
            write(alice, FAST, Wire.introduction(ALICE, ClientDetails.OF_NODE));

            assertThat(read(alice)).isInstanceOf(HandshakeFrame.ServerKey.class);
            assertThat(read(alice)).isInstanceOf(HandshakeFrame.ServerInfo.class);
        }
    }
}
