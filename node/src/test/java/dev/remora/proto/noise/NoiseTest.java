package dev.remora.proto.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.AeadKey;
import dev.remora.crypto.ChallengeKey;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.X25519;
import dev.remora.testing.ScriptedRandom;
import dev.remora.testing.Vectors;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NoiseTest {
    private static final Vectors VECTORS = Vectors.read("noise/noise_ts2021.json");
    private static final Aead AEAD = Aead.best();

    static List<Vectors> handshakes() {
        return VECTORS.list("handshakes");
    }

    static List<Vectors> badInit() {
        return VECTORS.list("bad_init");
    }

    static List<Vectors> badResp() {
        return VECTORS.list("bad_resp");
    }

    static List<Vectors> badRec() {
        return VECTORS.list("bad_rec");
    }

    static List<Vectors> upgrades() {
        return VECTORS.list("upgrades");
    }

    @ParameterizedTest
    @MethodSource("handshakes")
    void bothSidesSayWhatTheRealOnesSaid(Vectors vector) throws MalformedException {
        Pair pair = Pair.of(vector);

        assertThat(pair.control.publicKey().bytes()).isEqualTo(vector.bytes32("control_pub"));
        assertThat(pair.handshake.initiation()).isEqualTo(vector.bytes("init"));
        assertThat(pair.accepted.bytes()).isEqualTo(vector.bytes("resp"));
        assertThat(pair.accepted.version()).isEqualTo((int) vector.number("ver"));
        assertThat(pair.accepted.client().bytes()).isEqualTo(vector.bytes32("machine_pub"));
        assertThat(pair.client.handshakeHash()).isEqualTo(vector.bytes32("hash"));
        assertThat(pair.server.handshakeHash()).isEqualTo(vector.bytes32("hash"));
        for (Vectors record : vector.list("recs")) {
            boolean up = record.text("dir").equals("c2s");
            NoiseTransport from = up ? pair.client : pair.server;
            NoiseTransport to = up ? pair.server : pair.client;

            assertThat(record.bytes("pt")).hasSize((int) record.number("n"));
            assertThat(sealed(from, record.bytes("pt"))).isEqualTo(record.bytes("wire"));
            assertThat(opened(to, record.buffer("wire"))).isEqualTo(record.bytes("pt"));
        }
    }

    @ParameterizedTest
    @MethodSource("handshakes")
    void bothSidesSealWithTheRecordedKeys(Vectors vector) throws MalformedException {
        Pair pair = Pair.of(vector);
        byte[] plain = {1, 2, 3};

        assertThat(opened(vector.bytes("key_c2s"), sealed(pair.client, plain))).isEqualTo(plain);
        assertThat(opened(vector.bytes("key_s2c"), sealed(pair.server, plain))).isEqualTo(plain);
    }

    /// Opens the first record of a direction, with nothing but its key.
    private static byte[] opened(byte[] key, byte[] record) {
        ByteBuffer in = ByteBuffer.wrap(record).position(NoiseIk.HEADER);
        ByteBuffer plain = ByteBuffer.allocate(record.length);
        try (AeadKey opening = AEAD.key(key)) {
            assertThat(opening.open(0, 0, new byte[0], in, plain)).isTrue();
        }
        return Arrays.copyOf(plain.array(), plain.position());
    }

    @ParameterizedTest
    @MethodSource("badInit")
    void answersInitiationsAsTheRealServerDoes(Vectors vector) throws MalformedException {
        MachinePrivateKey control = MachinePrivateKey.of(vector.bytes32("control_prv"));
        byte[] initiation = vector.bytes("init");
        String wrote = vector.text("wrote");

        if (wrote.isEmpty()) {
            assertThatThrownBy(() -> NoiseAnswer.to(initiation, control, new Random(1), AEAD))
                    .isInstanceOf(MalformedException.class);
            return;
        }
        NoiseAnswer answer = NoiseAnswer.to(initiation, control, new Random(1), AEAD);
        if (vector.text("err").isEmpty()) {
            assertThat(answer).isInstanceOf(NoiseAnswer.Accepted.class);
            assertThat(answer.bytes()).hasSize(NoiseHandshake.RESPONSE_LENGTH).startsWith(2, 0, 48);
        } else {
            assertThat(answer).isInstanceOf(NoiseAnswer.Refused.class);
            assertThat(answer.bytes()).isEqualTo(vector.bytes("wrote"));
        }
    }

    @ParameterizedTest
    @MethodSource("badResp")
    void takesResponsesAsTheRealClientDoes(Vectors vector) throws MalformedException {
        NoiseHandshake handshake = clientOf(vector, new MachineKey(vector.bytes32("control_pub")));
        assertThat(handshake.initiation()).isEqualTo(vector.bytes("init"));
        ByteBuffer response = vector.buffer("resp");

        if (vector.text("err").isEmpty()) {
            assertThat(handshake.finish(response)).isPresent();
        } else if (vector.text("name").startsWith("truncated")) {
            assertThat(handshake.finish(response)).isEmpty();
            assertThat(response.position()).isZero();
        } else {
            assertThatThrownBy(() -> handshake.finish(response))
                    .isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("badRec")
    void readsBrokenStreamsAsFarAsTheRealClientDoes(Vectors vector) throws MalformedException {
        NoiseTransport client = Pair.of(handshakes().get((int) vector.number("hs"))).client;
        ByteBuffer wire = vector.buffer("wire");
        ByteBuffer plain = ByteBuffer.allocate(wire.remaining() + NoiseTransport.MAX_PLAIN);

        if (vector.text("err").isEmpty()) {
            openAll(client, wire, plain);
        } else {
            assertThatThrownBy(() -> openAll(client, wire, plain))
                    .isInstanceOf(MalformedException.class);
            assertThatThrownBy(() -> client.open(vector.buffer("wire"), plain))
                    .isInstanceOf(MalformedException.class);
        }
        assertThat(plain.flip()).isEqualTo(vector.buffer("got"));
    }

    @ParameterizedTest
    @MethodSource("upgrades")
    void followsAWholeUpgradeByteForByte(Vectors vector) throws MalformedException {
        MachinePrivateKey control = MachinePrivateKey.of(vector.bytes32("control_prv"));
        NoiseHandshake handshake = clientOf(vector, control.publicKey());
        assertThat(handshake.initiation()).isEqualTo(vector.bytes("init"));
        ScriptedRandom chance = new ScriptedRandom().thenBytes(vector.text("control_eph_prv"));
        assertThat(NoiseAnswer.to(handshake.initiation(), control, chance, AEAD).bytes())
                .isEqualTo(vector.bytes("noise_resp"));
        String header = Base64.getEncoder().encodeToString(handshake.initiation());
        assertThat(vector.text("http_req")).contains("X-Tailscale-Handshake: " + header + "\r\n");

        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(vector.bytes("noise_resp"));
        vector.list("recs").forEach(record -> stream.writeBytes(record.bytes("wire")));
        ByteBuffer in = ByteBuffer.wrap(stream.toByteArray());
        NoiseTransport transport = handshake.finish(in).orElseThrow();
        ByteBuffer plain = ByteBuffer.allocate(in.remaining() + NoiseTransport.MAX_PLAIN);
        openAll(transport, in, plain);
        plain.flip();
        assertThat(plain).isEqualTo(plainOf(vector.list("recs")));

        if (vector.text("early_json").isEmpty()) {
            assertThat(EarlyPayload.read(plain)).isEqualTo(new EarlyPayload.Absent());
            assertThat(plain.position()).isZero();
        } else {
            assertThat(EarlyPayload.read(plain))
                    .isEqualTo(new EarlyPayload.Present(vector.text("early_json")));
            ChallengeKey challenge =
                    new ChallengeKey(X25519.publicKey(vector.bytes("challenge_prv")));
            assertThat(vector.text("early_json")).contains(challenge.text());
            List<Vectors> records = vector.list("recs");
            assertThat(plain).isEqualTo(records.getLast().buffer("pt"));
        }
    }

    private static ByteBuffer plainOf(List<Vectors> records) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        for (Vectors record : records) {
            assertThat(record.text("dir")).isEqualTo("s2c");
            assertThat(record.bytes("pt")).hasSize((int) record.number("n"));
            plain.writeBytes(record.bytes("pt"));
        }
        return ByteBuffer.wrap(plain.toByteArray());
    }

    @Test
    void waitsForAnEarlyPayloadThatArrivesByteByByte() throws MalformedException {
        byte[] message = HexFormat.of().parseHex("ffffff5453" + "00000002" + "7b7d" + "0000");

        for (int length = 0; length < 11; length++) {
            assertThat(EarlyPayload.read(ByteBuffer.wrap(message, 0, length)))
                    .isEqualTo(new EarlyPayload.Incomplete());
        }
        ByteBuffer whole = ByteBuffer.wrap(message);
        assertThat(EarlyPayload.read(whole)).isEqualTo(new EarlyPayload.Present("{}"));
        assertThat(whole.remaining()).isEqualTo(2);
        byte[] huge = HexFormat.of().parseHex("ffffff5453" + "00010001");
        assertThatThrownBy(() -> EarlyPayload.read(ByteBuffer.wrap(huge)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void aStreamOfAnyLengthSurvivesArrivingInAnyPieces() throws MalformedException {
        Pair pair = Pair.of(handshakes().getFirst());
        Random random = new Random(2);
        for (int i = 0; i < 50; i++) {
            byte[] plain = new byte[random.nextInt(20_000)];
            random.nextBytes(plain);
            byte[] wire = sealed(pair.client, plain);
            assertThat(wire).hasSize(NoiseTransport.sealedLength(plain.length));

            ByteBuffer arrived = ByteBuffer.allocate(wire.length).flip();
            ByteBuffer opened = ByteBuffer.allocate(plain.length + NoiseTransport.MAX_PLAIN);
            while (arrived.limit() < wire.length) {
                int piece = Math.min(wire.length - arrived.limit(), 1 + random.nextInt(5000));
                int end = arrived.limit();
                arrived.limit(end + piece).put(end, wire, end, piece);
                openAll(pair.server, arrived, opened);
            }
            assertThat(opened.flip()).isEqualTo(ByteBuffer.wrap(plain));
        }
    }

    @Test
    void anErrorFrameCannotWriteLinesIntoOurLog() throws MalformedException {
        NoiseHandshake handshake =
                clientOf(
                        badResp().getFirst(),
                        new MachineKey(badResp().getFirst().bytes32("control_pub")));
        byte[] text = "no\n\u001b[31mERROR".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        ByteBuffer frame =
                ByteBuffer.allocate(3 + text.length).put((byte) 3).putShort((short) text.length);

        assertThatThrownBy(() -> handshake.finish(frame.put(text).flip()))
                .hasMessage("control server refuses: \"no??[31mERROR\"");
    }

    private static byte[] sealed(NoiseTransport transport, byte[] plain) {
        ByteBuffer in = ByteBuffer.wrap(plain);
        ByteBuffer out =
                ByteBuffer.allocate(Math.max(19, NoiseTransport.sealedLength(plain.length)));
        if (plain.length == 0) {
            transport.sealRecord(in, out);
        } else {
            transport.seal(in, out);
        }
        byte[] wire = new byte[out.flip().remaining()];
        out.get(wire);
        return wire;
    }

    private static byte[] opened(NoiseTransport transport, ByteBuffer wire)
            throws MalformedException {
        ByteBuffer plain = ByteBuffer.allocate(wire.remaining() + NoiseTransport.MAX_PLAIN);
        openAll(transport, wire, plain);
        assertThat(wire.hasRemaining()).isFalse();
        byte[] bytes = new byte[plain.flip().remaining()];
        plain.get(bytes);
        return bytes;
    }

    private static void openAll(NoiseTransport transport, ByteBuffer in, ByteBuffer out)
            throws MalformedException {
        boolean more = true;
        while (more) {
            more = transport.open(in, out);
        }
    }

    private static NoiseHandshake clientOf(Vectors vector, MachineKey control)
            throws MalformedException {
        return NoiseHandshake.start(
                (int) vector.number("ver"),
                MachinePrivateKey.of(vector.bytes32("machine_prv")),
                control,
                new ScriptedRandom().thenBytes(vector.text("machine_eph_prv")),
                AEAD);
    }

    /// Both ends of a recorded handshake, done again with the recorded keys.
    private record Pair(
            MachinePrivateKey control,
            NoiseHandshake handshake,
            NoiseAnswer.Accepted accepted,
            NoiseTransport client,
            NoiseTransport server) {
        static Pair of(Vectors vector) throws MalformedException {
            MachinePrivateKey control = MachinePrivateKey.of(vector.bytes32("control_prv"));
            NoiseHandshake handshake = clientOf(vector, control.publicKey());
            ScriptedRandom random = new ScriptedRandom().thenBytes(vector.text("control_eph_prv"));
            NoiseAnswer answer = NoiseAnswer.to(handshake.initiation(), control, random, AEAD);
            assertThat(answer).isInstanceOf(NoiseAnswer.Accepted.class);
            NoiseAnswer.Accepted accepted = (NoiseAnswer.Accepted) answer;
            ByteBuffer response = ByteBuffer.wrap(accepted.bytes());
            return new Pair(
                    control,
                    handshake,
                    accepted,
                    handshake.finish(response).orElseThrow(),
                    accepted.transport());
        }
    }
}
