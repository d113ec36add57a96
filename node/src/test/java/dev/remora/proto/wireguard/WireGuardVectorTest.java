package dev.remora.proto.wireguard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.AeadKey;
import dev.remora.crypto.EphemeralKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.noise.SymmetricState.TransportKeys;
import dev.remora.testing.ScriptedRandom;
import dev.remora.testing.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What two devices of the reference implementation said to each other, said again by two of ours.
class WireGuardVectorTest {
    private static final Vectors VECTORS = Vectors.read("wireguard/wireguard.json");
    private static final int MTU = 1420;
    private static final int TRANSPORT_HEADER = 16;

    static List<Vectors> withoutPresharedKey() {
        return VECTORS.list("vectors").stream().filter(v -> v.bytes32("psk").isZero()).toList();
    }

    static List<Vectors> all() {
        return VECTORS.list("vectors");
    }

    @ParameterizedTest
    @MethodSource("withoutPresharedKey")
    void bothSidesSayWhatTheRealOnesSaid(Vectors vector) throws MalformedException {
        Replay replay = new Replay(vector);
        for (Vectors session : vector.list("sessions")) {
            replay.handshake(session);
            replay.traffic(session.list("tx"));
            replay.nodes.now += Limits.REKEY_TIMEOUT;
        }
        for (Vectors injected : vector.list("inject")) {
            replay.inject(injected);
        }
    }

    /// A pair of nodes with the recorded keys, and the recorded chance.
    private static final class Replay {
        final Vectors vector;
        final ScriptedRandom initiatorChance = new ScriptedRandom();
        final ScriptedRandom responderChance = new ScriptedRandom();
        final TwoNodes nodes;
        final List<ByteBuffer> delivered = new ArrayList<>();

        Replay(Vectors vector) {
            this.vector = vector;
            this.nodes =
                    new TwoNodes(
                            NodePrivateKey.of(vector.bytes32("i_prv")),
                            NodePrivateKey.of(vector.bytes32("r_prv")),
                            initiatorChance,
                            responderChance,
                            MTU);
        }

        void handshake(Vectors session) {
            initiatorChance
                    .thenBytes(session.text("i_eph_prv"))
                    .thenInt((int) session.number("i_idx"));
            responderChance
                    .thenBytes(session.text("r_eph_prv"))
                    .thenInt((int) session.number("r_idx"));
            nodes.a.epochOffset =
                    session.number("unix_s") * 1_000_000_000L + session.number("nanos") - nodes.now;
            byte[] first = session.list("tx").getFirst().bytes("inner");
            if (first.length > 0) {
                nodes.a.machine.send(
                        nodes.a.peer(), TwoNodes.packet(first), nodes.now, nodes.a::take);
            } else {
                tunnel(nodes.a).initiate(nodes.now, nodes.a::take);
            }
            ByteBuffer initiation = nodes.a.takeFromFlight();
            expectButMac2(initiation, session.bytes("init"));
            receive(nodes.b, initiation);
            ByteBuffer response = nodes.b.takeFromFlight();
            expectButMac2(response, session.bytes("resp"));
            receive(nodes.a, response);
        }

        /// One of the recorded sides held a cookie; what that does to MAC2 is another test's.
        private static void expectButMac2(ByteBuffer message, byte[] recorded) {
            int length = recorded.length - Message.MAC;
            assertThat(message.remaining()).isEqualTo(recorded.length);
            assertThat(message.duplicate().limit(length))
                    .isEqualTo(ByteBuffer.wrap(recorded, 0, length));
        }

        void traffic(List<Vectors> messages) {
            for (Vectors message : messages) {
                TwoNodes.Side from = message.text("dir").equals("i2r") ? nodes.a : nodes.b;
                byte[] inner = message.bytes("inner");
                if (from.inFlight.isEmpty() && inner.length == 0) {
                    tunnel(from).sendKeepalive(nodes.now, from::take);
                } else if (from.inFlight.isEmpty()) {
                    from.machine.send(from.peer(), TwoNodes.packet(inner), nodes.now, from::take);
                }
                ByteBuffer wire = from.takeFromFlight();
                assertThat(wire).isEqualTo(message.buffer("wire"));
                delivered.clear();
                receive(from.other, wire);
                expectDelivered(inner);
            }
        }

        void inject(Vectors injected) throws MalformedException {
            TwoNodes.Side to = injected.text("to").equals("r") ? nodes.b : nodes.a;
            delivered.clear();
            receive(to, injected.buffer("wire"));
            delivered.removeIf(packet -> !isAllowed(packet));
            expectDelivered(injected.bytes("delivered"));
            assertThat(to.inFlight).isEmpty();
            assertThat(injected.has("reply")).isFalse();
        }

        private void expectDelivered(byte[] inner) {
            if (inner.length == 0) {
                assertThat(delivered).isEmpty();
            } else {
                assertThat(delivered).containsExactly(ByteBuffer.wrap(inner));
            }
        }

        private void receive(TwoNodes.Side to, ByteBuffer datagram) {
            to.machine.receive(
                    to.other.source,
                    datagram,
                    nodes.now,
                    output -> {
                        if (output instanceof Output.Deliver(var peer, var packet)) {
                            delivered.add(packet);
                        } else {
                            to.take(output);
                        }
                    });
        }

        /// The inner source check, which the engine makes: here to tell which packets the recorded device delivered.
        private boolean isAllowed(ByteBuffer packet) {
            boolean v4 = packet.get(packet.position()) >> 4 == 4;
            ByteBuffer source = packet.duplicate().position(packet.position() + (v4 ? 12 : 8));
            IpAddress address = v4 ? IpAddress.readV4(source) : IpAddress.readV6(source);
            List<?> allowed = (List<?>) vector.fields().get("i_allowed_ips");
            return allowed.stream().anyMatch(prefix -> prefix(prefix).contains(address));
        }

        private static IpPrefix prefix(Object text) {
            try {
                return IpPrefix.parse(text.toString());
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        }

        private static PeerTunnel tunnel(TwoNodes.Side side) {
            PeerTunnel tunnel = side.machine.tunnel(side.peer());
            assertThat(tunnel).isNotNull();
            return tunnel;
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void bothRolesDeriveTheRecordedKeys(Vectors vector) throws MalformedException {
        NodePrivateKey initiator = NodePrivateKey.of(vector.bytes32("i_prv"));
        NodePrivateKey responder = NodePrivateKey.of(vector.bytes32("r_prv"));
        byte[] staticStatic = initiator.agree(responder.publicBytes());
        assertThat(initiator.publicBytes()).isEqualTo(vector.bytes32("i_pub"));
        Bytes32 presharedKey = vector.bytes32("psk");
        for (Vectors session : vector.list("sessions")) {
            Handshake.Initiated initiated =
                    Handshake.initiate(
                            Aead.jdk(),
                            initiator,
                            responder.publicKey(),
                            staticStatic,
                            ephemeral(session.text("i_eph_prv")),
                            (int) session.number("i_idx"),
                            Tai64n.of(
                                    session.number("unix_s") * 1_000_000_000L
                                            + session.number("nanos")));
            Handshake.Opened opened = Handshake.open(Aead.jdk(), responder, initiated.message());
            assertThat(opened.peer()).isEqualTo(initiator.publicKey());
            assertThat(opened.stamp(staticStatic)).isEqualTo(session.bytes("ts"));
            Handshake.Answered answered =
                    opened.answer(
                            ephemeral(session.text("r_eph_prv")),
                            (int) session.number("r_idx"),
                            presharedKey);
            expectMessage(answered.message().toBytes(), session.bytes("resp"));

            TransportKeys keys = initiated.finish(answered.message(), initiator, presharedKey);
            assertThat(keys.initiatorSends()).isEqualTo(session.bytes("key_i2r"));
            assertThat(keys.responderSends()).isEqualTo(session.bytes("key_r2i"));
            assertThat(answered.keys().initiatorSends()).isEqualTo(session.bytes("key_i2r"));
            assertThat(answered.keys().responderSends()).isEqualTo(session.bytes("key_r2i"));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void recordedMessagesOpenWithTheRecordedKeysAndCounters(Vectors vector) {
        for (Vectors session : vector.list("sessions")) {
            for (Vectors message : session.list("tx")) {
                boolean fromInitiator = message.text("dir").equals("i2r");
                byte[] inner = message.bytes("inner");
                byte[] padded = Arrays.copyOf(inner, inner.length + (int) message.number("pad"));
                assertThat(opened(session, fromInitiator, message)).isEqualTo(padded);
            }
        }
        Vectors last = vector.list("sessions").getLast();
        for (Vectors injected : vector.list("inject")) {
            boolean exact =
                    !injected.text("name").startsWith("counter 2^64"); // as a double, it is not
            if (exact && !injected.text("plain").isEmpty()) {
                boolean fromInitiator = injected.text("to").equals("r");
                assertThat(opened(last, fromInitiator, injected))
                        .isEqualTo(injected.bytes("plain"));
            }
        }
    }

    private static byte[] opened(Vectors session, boolean fromInitiator, Vectors message) {
        ByteBuffer in = message.buffer("wire").position(TRANSPORT_HEADER);
        ByteBuffer plain = ByteBuffer.allocate(in.remaining());
        byte[] secret = session.bytes(fromInitiator ? "key_i2r" : "key_r2i");
        long nonce = Long.reverseBytes(message.number("ctr"));
        try (AeadKey key = Aead.jdk().key(secret)) {
            assertThat(key.open(0, nonce, new byte[0], in, plain)).isTrue();
        }
        return Arrays.copyOf(plain.array(), plain.position());
    }

    private static void expectMessage(byte[] message, byte[] recorded) {
        int length = recorded.length - Message.MACS;
        assertThat(Arrays.copyOf(message, length)).isEqualTo(Arrays.copyOf(recorded, length));
    }

    private static EphemeralKey ephemeral(String hex) {
        return EphemeralKey.generate(new ScriptedRandom().thenBytes(hex));
    }

    @Test
    void givesOutAndUsesCookiesAsTheRealOnesDo() throws MalformedException {
        Vectors vector = all().stream().filter(v -> v.has("cookie")).findFirst().orElseThrow();
        Vectors recorded = new Vectors(fieldsOf(vector));
        NodeKey responder = new NodeKey(vector.bytes32("r_pub"));
        ScriptedRandom chance =
                new ScriptedRandom()
                        .thenBytes(recorded.text("secret"))
                        .thenBytes(recorded.text("nonce"));
        Source source = new Source.Direct(IpPort.parse(recorded.text("src")));
        byte[] first = recorded.bytes("init");
        byte[] retry = recorded.bytes("retry_with_mac2");

        assertThat(source.cookieInput()).isEqualTo(recorded.bytes("src_bytes"));
        CookieChecker checker = new CookieChecker(responder, chance);
        assertThat(checker.mac1Fits(first)).isTrue();
        assertThat(checker.mac2Fits(first, source, 0)).isFalse();
        int sender = Message.Initiation.parse(first).sender();
        byte[] reply = checker.reply(sender, first, source, 0).toBytes();
        assertThat(reply).isEqualTo(recorded.bytes("reply"));
        assertThat(checker.mac2Fits(retry, source, 0)).isTrue();
        assertThat(checker.mac2Fits(retry, new Source.Direct(IpPort.parse("192.0.2.97:57607")), 0))
                .isFalse();
        assertThat(checker.mac2Fits(retry, source, Limits.COOKIE_LIFETIME)).isFalse();

        CookieJar jar = new CookieJar(responder);
        jar.sign(withoutMacs(first), 0);
        jar.onReply(Message.CookieReply.parse(reply), 0);
        byte[] signed = withoutMacs(retry);
        jar.sign(signed, 0);
        assertThat(signed).isEqualTo(retry);
    }

    private static byte[] withoutMacs(byte[] message) {
        return Arrays.copyOf(Arrays.copyOf(message, message.length - Message.MACS), message.length);
    }

    @SuppressWarnings("unchecked") // an object of JSON has no other keys than texts
    private static Map<String, Object> fieldsOf(Vectors vector) {
        return (Map<String, Object>) vector.fields().get("cookie");
    }

    @Test
    void followsTheWorkedExample() throws Exception {
        Map<String, String> example = workedExample();
        TwoNodes nodes =
                new TwoNodes(
                        NodePrivateKey.of(Bytes32.parseHex(example.get("initiatorStatic"))),
                        NodePrivateKey.of(Bytes32.parseHex(example.get("responderStatic"))),
                        new ScriptedRandom()
                                .thenBytes(example.get("initiatorEphemeral"))
                                .thenInt(0x01020304),
                        new ScriptedRandom()
                                .thenBytes(example.get("responderEphemeral"))
                                .thenInt(0x0a0b0c0d),
                        TwoNodes.MTU);
        nodes.a.machine.open(nodes.a.peer()).initiate(0, nodes.a::take);
        ByteBuffer initiation = nodes.a.takeFromFlight();
        assertThat(hex(initiation)).isEqualTo(example.get("initiation"));
        nodes.b.receive(initiation);
        ByteBuffer response = nodes.b.takeFromFlight();
        assertThat(hex(response)).isEqualTo(example.get("response"));
        nodes.a.receive(response);
        ByteBuffer keepalive = nodes.a.takeFromFlight();
        assertThat(hex(keepalive)).isEqualTo(example.get("keepalive"));
        nodes.b.receive(keepalive);
        byte[] packet = HexFormat.of().parseHex(example.get("packet"));
        nodes.a.machine.send(nodes.a.peer(), TwoNodes.packet(packet), 0, nodes.a::take);
        assertThat(hex(nodes.a.takeFromFlight())).isEqualTo(example.get("transport"));
    }

    @Test
    void makesTheMacsAndCookiesOfTheWorkedExample() throws Exception {
        Map<String, String> example = workedExample();
        NodeKey responder =
                NodePrivateKey.of(Bytes32.parseHex(example.get("responderStatic"))).publicKey();
        assertThat(CookieJar.mac1Key(responder))
                .asHexString()
                .isEqualToIgnoringCase(example.get("mac1Key"));
        assertThat(CookieJar.cookieKey(responder))
                .asHexString()
                .isEqualToIgnoringCase(example.get("cookieKey"));

        byte[] initiation = withoutMacs(HexFormat.of().parseHex(example.get("initiation")));
        byte[] reply = HexFormat.of().parseHex(example.get("cookieReply"));
        CookieJar jar = new CookieJar(responder);
        jar.sign(initiation, 0);
        assertThat(initiation).asHexString().isEqualToIgnoringCase(example.get("initiation"));
        jar.onReply(Message.CookieReply.parse(reply), 0);
        jar.sign(initiation, 0);
        assertThat(initiation).asHexString().endsWithIgnoringCase(example.get("mac2"));
        byte[] later = withoutMacs(initiation);
        jar.sign(later, Limits.COOKIE_LIFETIME);
        assertThat(later).endsWith(new byte[Message.MAC]);
    }

    private static Map<String, String> workedExample() throws IOException {
        Map<String, String> named = new HashMap<>();
        try (InputStream in =
                Vectors.class.getResourceAsStream("/vectors/wireguard/worked-example.txt")) {
            String text =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            text.lines()
                    .skip(1)
                    .map(line -> line.split(" "))
                    .forEach(words -> named.put(words[0], words[1]));
        }
        return named;
    }

    private static String hex(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
