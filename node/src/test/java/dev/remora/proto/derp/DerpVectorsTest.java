package dev.remora.proto.derp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NaclBox;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.testing.Vectors;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Recorded conversations of the real client with the real relay, read by our side of either.
class DerpVectorsTest {
    private static final Vectors VECTORS = Vectors.read("derp/derp.json");

    static List<Vectors> sessions() {
        return VECTORS.list("sessions");
    }

    static List<Vectors> clientRecv() {
        return VECTORS.list("client_recv");
    }

    static List<Vectors> clientHello() {
        return VECTORS.list("client_hello");
    }

    static List<Vectors> serverRejects() {
        return VECTORS.list("server_rejects");
    }

    static List<Vectors> metaCerts() {
        return VECTORS.list("meta_certs");
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void readsAndWritesEveryFrameOfASession(Vectors session) throws MalformedException {
        for (Vectors conn : session.list("conns")) {
            for (Vectors frame : conn.list("frames")) {
                int type = HexFormat.fromHexDigits(frame.text("type"));
                if (breaksTheRules(frame)) {
                    assertThatThrownBy(() -> DerpFrame.parse(type, frame.buffer("payload")))
                            .isInstanceOf(MalformedException.class);
                    continue;
                }
                DerpFrame read = DerpFrame.parse(type, frame.buffer("payload"));
                assertThat(frame.bytes("payload")).hasSize((int) frame.number("len"));
                assertThat(read.type()).isEqualTo(type);
                assertThat(nameOf(read)).isEqualTo(frame.text("name"));
                assertThat(payloadOf(read)).isEqualTo(withoutExtraBytes(frame));
            }
        }
    }

    /// One client was made to send a note of preference of two bytes; the relay hung up.
    private static boolean breaksTheRules(Vectors frame) {
        return frame.text("name").equals("NotePreferred") && frame.number("len") != 1;
    }

    private static String nameOf(DerpFrame frame) {
        return frame instanceof DerpFrame.Unknown ? "unknown" : frame.getClass().getSimpleName();
    }

    private static String withoutExtraBytes(Vectors frame) {
        String payload = frame.text("payload");
        return frame.text("name").equals("Ping") ? payload.substring(0, 16) : payload;
    }

    private static String payloadOf(DerpFrame frame) {
        ByteBuffer out = ByteBuffer.allocate(frame.length());
        frame.writeTo(out);
        assertThat(out.hasRemaining()).isFalse();
        assertThat(out.getInt(1)).isEqualTo(frame.payloadLength());
        return HexFormat.of().formatHex(out.array(), DerpFrame.HEADER_LENGTH, out.capacity());
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void opensTheBoxesOfBothSides(Vectors session) throws MalformedException {
        NodePrivateKey relay = NodePrivateKey.of(session.bytes32("server_prv"));
        DerpServerKey relayKey = new DerpServerKey(session.bytes32("server_pub"));
        assertThat(relayKey.bytes()).isEqualTo(relay.publicKey().bytes());
        for (Vectors conn : session.list("conns")) {
            NodePrivateKey client = NodePrivateKey.of(conn.bytes32("client_prv"));
            assertThat(client.publicKey().bytes()).isEqualTo(conn.bytes32("client_pub"));
            for (Vectors frame : conn.list("frames")) {
                int type = HexFormat.fromHexDigits(frame.text("type"));
                String opened = frame.text("opened");
                if (type == HandshakeFrame.ClientInfo.TYPE) {
                    var info = HandshakeFrame.ClientInfo.parse(frame.buffer("payload"));
                    assertThat(info.client()).isEqualTo(client.publicKey());
                    ClientDetails details = new ServerHandshake(relay, info.client()).open(info);
                    assertThat(text(details.json())).isEqualTo(opened);
                } else if (type == HandshakeFrame.ServerInfo.TYPE) {
                    var info = HandshakeFrame.ServerInfo.parse(frame.buffer("payload"));
                    ServerDetails details = new ClientHandshake(client, relayKey).open(info);
                    assertThat(text(details.json())).isEqualTo(opened);
                }
            }
        }
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("sessions")
    void findsTheFramesOfAStreamThatComesInPieces(Vectors session) throws MalformedException {
        Random random = new Random(3);
        for (Vectors conn : session.list("conns")) {
            for (String direction : List.of("s2c", "c2s")) {
                List<Vectors> frames =
                        conn.list("frames").stream()
                                .filter(f -> f.text("dir").equals(direction))
                                .toList();
                List<String> found = new ArrayList<>();
                DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.LIMIT);
                ByteBuffer stream = streamOf(frames);
                while (stream.hasRemaining()) {
                    int length = Math.min(stream.remaining(), 1 + random.nextInt(200));
                    ByteBuffer piece = stream.slice(stream.position(), length);
                    stream.position(stream.position() + length);
                    while (reader.next(piece)) {
                        found.add(HexFormat.of().toHexDigits((byte) reader.type()));
                    }
                }
                assertThat(found).isEqualTo(frames.stream().map(f -> f.text("type")).toList());
            }
        }
    }

    private static ByteBuffer streamOf(List<Vectors> frames) {
        ByteBuffer stream = ByteBuffer.allocate(1 << 20);
        for (Vectors frame : frames) {
            stream.put(HexFormat.of().parseHex(frame.text("type")));
            stream.putInt((int) frame.number("len")).put(frame.bytes("payload"));
        }
        return stream.flip();
    }

    @ParameterizedTest
    @MethodSource("clientRecv")
    void aClientUnderstandsWhatTheRealOneDoes(Vectors vector) throws MalformedException {
        NodePrivateKey client = NodePrivateKey.of(vector.bytes32("client_prv"));
        DerpServerKey relay = new DerpServerKey(vector.bytes32("server_pub"));
        List<String> expected = vector.list("msgs").stream().map(m -> describe(m)).toList();
        List<String> heard = new ArrayList<>();

        boolean lost = !listen(new ClientHandshake(client, relay), vector.buffer("stream"), heard);

        assertThat(heard).isEqualTo(expected);
        assertThat(lost).isNotEqualTo(vector.text("err").endsWith("EOF"));
    }

    /// False: the client would hang up.
    private static boolean listen(ClientHandshake handshake, ByteBuffer in, List<String> heard) {
        DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.LIMIT);
        try {
            while (reader.next(in)) {
                DerpFrame frame;
                try {
                    frame = reader.frame();
                } catch (MalformedException skipped) {
                    continue;
                }
                if (frame instanceof HandshakeFrame.ServerInfo info) {
                    ServerDetails limits = handshake.open(info);
                    heard.add("info " + limits.bytesPerSecond() + " " + limits.burstBytes());
                } else {
                    describe(frame, heard);
                }
            }
            return true;
        } catch (MalformedException lost) {
            return false;
        }
    }

    private static void describe(DerpFrame frame, List<String> heard) {
        switch (frame) {
            case DerpFrame.RecvPacket(var from, var packet) ->
                    heard.add("packet " + hex(from) + " " + hex(packet));
            case DerpFrame.KeepAlive() -> heard.add("alive");
            case DerpFrame.PeerGone(var peer, var reason) ->
                    heard.add("gone " + hex(peer) + " " + reason);
            case MeshFrame.PeerPresent(var peer, var from, var flags) ->
                    heard.add(
                            "present "
                                    + hex(peer)
                                    + from.map(f -> " " + f).orElse(" invalid AddrPort")
                                    + " "
                                    + flags);
            case DerpFrame.Ping(var data) -> heard.add("ping " + HexFormat.of().toHexDigits(data));
            case DerpFrame.Pong(var data) -> heard.add("pong " + HexFormat.of().toHexDigits(data));
            case DerpFrame.Health(var problem) -> heard.add("health " + problem);
            case DerpFrame.Restarting(var in, var tryFor) ->
                    heard.add("restart " + in + " " + tryFor);
            case HandshakeFrame.ServerKey _,
                    HandshakeFrame.ServerInfo _,
                    HandshakeFrame.ClientInfo _,
                    DerpFrame.SendPacket _,
                    DerpFrame.NotePreferred _,
                    DerpFrame.Unknown _,
                    MeshFrame.ForwardPacket _,
                    MeshFrame.WatchConns _,
                    MeshFrame.ClosePeer _ -> {}
        }
    }

    private static String describe(Vectors message) {
        return switch (message.text("kind")) {
            case "server_info" ->
                    "info " + message.number("bytes_per_s") + " " + message.number("burst");
            case "packet" -> "packet " + message.text("src") + " " + message.text("data");
            case "keep_alive" -> "alive";
            case "peer_gone" -> "gone " + message.text("src") + " " + message.number("reason");
            case "peer_present" ->
                    "present "
                            + message.text("src")
                            + " "
                            + message.text("ip_port")
                            + " "
                            + message.number("flags");
            case "ping", "pong" -> message.text("kind") + " " + message.text("data");
            case "health" -> "health " + message.text("problem");
            case "restarting" ->
                    "restart "
                            + message.number("reconnect_ms")
                            + " "
                            + message.number("try_for_ms");
            default -> throw new AssertionError(message);
        };
    }

    private static String hex(NodeKey key) {
        return key.bytes().hex();
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }

    @ParameterizedTest
    @MethodSource("clientHello")
    void aClientTakesTheKeyOnlyFromAGoodGreeting(Vectors vector) throws MalformedException {
        if (vector.text("name").equals("cut")) {
            assertThat(
                            new DerpFrameReader(DerpFrameReader.GREETING_LIMIT)
                                    .next(vector.buffer("stream")))
                    .isFalse();
        } else if (vector.has("err")) {
            assertThatThrownBy(() -> greeting(vector.buffer("stream")))
                    .isInstanceOf(MalformedException.class);
        } else {
            assertThat(greeting(vector.buffer("stream")).bytes())
                    .isEqualTo(vector.bytes32("server_pub"));
        }
    }

    private static DerpServerKey greeting(ByteBuffer stream) throws MalformedException {
        DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.GREETING_LIMIT);
        assertThat(reader.next(stream)).isTrue();
        return ClientHandshake.serverKey(reader.frame());
    }

    @ParameterizedTest
    @MethodSource("serverRejects")
    void aRelayRefusesWhatTheRealOneRefuses(Vectors vector) throws MalformedException {
        NodePrivateKey relay = NodePrivateKey.of(vector.bytes32("server_prv"));
        ByteBuffer stream = vector.buffer("client_sends");
        boolean decidedElsewhere =
                vector.text("name").equals("ping of 1001 bytes")
                        || vector.text("name").equals("close peer without mesh key");

        if (vector.text("err").isEmpty() || decidedElsewhere) {
            serve(relay, stream);
        } else {
            assertThatThrownBy(() -> serve(relay, stream)).isInstanceOf(MalformedException.class);
        }
        expectAnswer(vector, relay);
    }

    /// The relay greets whoever comes, and answers an introduction that it accepts.
    private static void expectAnswer(Vectors vector, NodePrivateKey relay)
            throws MalformedException {
        ByteBuffer answer = vector.buffer("server_sends");
        assertThat(greeting(answer).bytes()).isEqualTo(relay.publicKey().bytes());
        DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.LIMIT);
        if (reader.next(answer)) {
            Bytes32 client = Bytes32.of(vector.bytes("client_sends"), DerpFrame.HEADER_LENGTH);
            var info = (HandshakeFrame.ServerInfo) reader.frame();
            byte[] opened = NaclBox.precompute(relay, client).openWithNonce(info.nonceAndBox());
            assertThat(ServerDetails.parse(opened)).isEqualTo(new ServerDetails(2, 0, 0));
        }
        assertThat(answer.hasRemaining()).isFalse();
    }

    private static void serve(NodePrivateKey relay, ByteBuffer in) throws MalformedException {
        DerpFrameReader reader = new DerpFrameReader(ServerHandshake.CLIENT_INFO_LIMIT);
        assertThat(reader.next(in)).isTrue();
        if (!(reader.frame() instanceof HandshakeFrame.ClientInfo info)) {
            throw new MalformedException("no client info");
        }
        new ServerHandshake(relay, info.client()).open(info);
        reader.limit(Bytes32.LENGTH + DerpFrame.MAX_PACKET);
        while (reader.next(in)) {
            reader.frame();
        }
    }

    @ParameterizedTest
    @MethodSource("metaCerts")
    void findsTheRelaysKeyInItsExtraCertificate(Vectors vector) throws CertificateException {
        X509Certificate meta = certificate(vector.bytes("der"));
        NodePrivateKey relay = NodePrivateKey.of(vector.bytes32("server_prv"));

        MetaCertificate found = MetaCertificate.find(List.of(meta)).orElseThrow();

        assertThat(found.serverKey().bytes()).isEqualTo(relay.publicKey().bytes());
        assertThat(vector.text("common_name"))
                .isEqualTo("derpkey" + found.serverKey().bytes().hex());
        assertThat(found.version()).isEqualTo((int) Long.parseLong(vector.text("serial")));
        assertThat(MetaCertificate.isMeta(meta)).isTrue();
    }

    @Test
    void anExtraCertificateThatMakesNoSenseIsAsGoodAsAbsent() throws CertificateException {
        byte[] der = metaCerts().getFirst().bytes("der");
        String key = metaCerts().getFirst().text("common_name").substring("derpkey".length());
        byte[] digit = key.substring(0, 4).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < der.length - digit.length; i++) {
            if (ByteBuffer.wrap(der, i, digit.length).equals(ByteBuffer.wrap(digit))) {
                der[i] = 'x'; // both in the subject and in the issuer
            }
        }

        X509Certificate nonsense = certificate(der);

        assertThat(MetaCertificate.find(List.of(nonsense))).isEmpty();
        assertThat(MetaCertificate.isMeta(nonsense)).isTrue();
    }

    private static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der));
    }
}
