package dev.remora.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.testing.Vectors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeysTest {
    private static final Vectors VECTORS = Vectors.read("crypto/keys.json");

    static List<Vectors> keys() {
        return VECTORS.list("keys");
    }

    static List<Vectors> parse() {
        return VECTORS.list("parse");
    }

    static List<Vectors> boxes() {
        return VECTORS.list("boxes");
    }

    @ParameterizedTest
    @MethodSource("keys")
    void writesKeysAsTheRealOnesLook(Vectors vector) throws MalformedException {
        Bytes32 bytes = vector.bytes32("pub");
        switch (vector.text("kind")) {
            case "machine" -> expect(vector, new MachineKey(bytes).text(), new MachineKey(bytes));
            case "node" -> {
                expect(vector, new NodeKey(bytes).text(), new NodeKey(bytes));
                // the form that tailnet lock signs: "np" and the key
                assertThat(vector.text("bin")).isIn("", "6e70" + bytes.hex());
            }
            case "disco" -> expect(vector, new DiscoKey(bytes).text(), new DiscoKey(bytes));
            case "challenge" ->
                    assertThat(new ChallengeKey(bytes).text()).isEqualTo(vector.text("pub_txt"));
            case "lock" -> {
                assertThat(new LockKey(bytes).text()).isEqualTo(vector.text("pub_txt"));
                assertThat(new LockKey(bytes).textForPeople()).isEqualTo(vector.text("cli"));
                assertThat(bytes.hex()).isEqualTo(vector.text("key_id"));
            }
            case "derp_mesh" -> {
                DerpMeshKey key = DerpMeshKey.parse(vector.text("pub_txt"));
                assertThat(key.text()).isEqualTo(vector.text("pub_txt")).isEqualTo(bytes.hex());
            }
            default -> throw new AssertionError("unknown kind in " + vector);
        }
    }

    private static void expect(Vectors vector, String text, Object key) {
        assertThat(text).isEqualTo(vector.text("pub_txt"));
        assertThat(key).hasToString(vector.text("short"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void derivesThePublicKeysOfTheRealOnes(Vectors vector) throws MalformedException {
        if (!vector.has("prv")) {
            return;
        }
        String text = vector.text("prv_txt");
        Bytes32 expected = vector.bytes32("pub");
        switch (vector.text("kind")) {
            case "lock" -> {
                LockPrivateKey key = LockPrivateKey.parse(text);
                assertThat(key.publicKey().bytes()).isEqualTo(expected);
                assertThat(key.text()).isEqualTo(text).isEqualTo("nlpriv:" + vector.text("prv"));
            }
            case "machine" -> {
                MachinePrivateKey key = MachinePrivateKey.of(vector.bytes32("prv"));
                assertThat(key.publicKey().bytes()).isEqualTo(expected);
                assertThat(key.text()).isEqualTo(text);
            }
            case "node" -> {
                NodePrivateKey key = NodePrivateKey.of(vector.bytes32("prv"));
                assertThat(key.publicKey().bytes()).isEqualTo(expected);
                assertThat(key.text()).isEqualTo(text);
            }
            default -> assertThat(X25519.publicKey(vector.bytes("prv"))).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("parse")
    void acceptsAndRefusesTheTextsTheRealOnesDo(Vectors vector) throws MalformedException {
        String text = vector.text("text");
        if (vector.flag("ok")) {
            assertThat(parsed(vector.text("kind"), text)).isEqualTo(vector.text("raw"));
        } else {
            assertThatThrownBy(() -> parsed(vector.text("kind"), text))
                    .isInstanceOf(MalformedException.class);
        }
    }

    private static String parsed(String kind, String text) throws MalformedException {
        return switch (kind) {
            case "machine_prv" ->
                    HexFormat.of().formatHex(MachinePrivateKey.parse(text).secretBytes());
            case "node_prv" -> HexFormat.of().formatHex(NodePrivateKey.parse(text).secretBytes());
            case "machine_pub" -> MachineKey.parse(text).bytes().hex();
            case "node_pub" -> NodeKey.parse(text).bytes().hex();
            case "disco_pub" -> DiscoKey.parse(text).bytes().hex();
            case "challenge_pub" -> ChallengeKey.parse(text).bytes().hex();
            case "lock_pub" -> LockKey.parse(text).bytes().hex();
            case "derp_mesh" -> DerpMeshKey.parse(text).text();
            default -> throw new AssertionError(kind);
        };
    }

    @ParameterizedTest
    @MethodSource("boxes")
    void opensAndSealsTheBoxesOfTheRealOnes(Vectors vector) throws MalformedException {
        DiscoPrivateKey sender = DiscoPrivateKey.of(vector.bytes32("s_prv"));
        DiscoPrivateKey receiver = DiscoPrivateKey.of(vector.bytes32("r_prv"));
        NaclBox.BoxKey key = NaclBox.precompute(receiver, sender.publicBytes());
        byte[] message = vector.bytes("box");

        if (!vector.flag("ok")) {
            assertThatThrownBy(() -> key.openWithNonce(ByteBuffer.wrap(message)))
                    .isInstanceOf(MalformedException.class);
            return;
        }
        assertThat(key.openWithNonce(ByteBuffer.wrap(message))).isEqualTo(vector.bytes("plain"));
        byte[] nonce = Arrays.copyOf(message, NaclBox.NONCE_LENGTH);
        byte[] box = Arrays.copyOfRange(message, NaclBox.NONCE_LENGTH, message.length);
        NaclBox.BoxKey sending = NaclBox.precompute(sender, receiver.publicBytes());
        assertThat(sending.seal(nonce, ByteBuffer.wrap(vector.bytes("plain")))).isEqualTo(box);
    }

    @Test
    void everyPrefixOfABoxIsRefused() throws MalformedException {
        DiscoPrivateKey one = DiscoPrivateKey.generate(new Random(1));
        DiscoPrivateKey other = DiscoPrivateKey.generate(new Random(2));
        NaclBox.BoxKey key = NaclBox.precompute(one, other.publicBytes());
        byte[] message = key.sealWithNonce(new Random(3), ByteBuffer.wrap(new byte[100]));

        for (int length = 0; length < message.length; length++) {
            ByteBuffer prefix = ByteBuffer.wrap(message, 0, length);
            assertThatThrownBy(() -> key.openWithNonce(prefix))
                    .isInstanceOf(MalformedException.class);
        }
        assertThat(key.openWithNonce(ByteBuffer.wrap(message))).isEqualTo(new byte[100]);
    }

    @Test
    void privateKeysSurviveTheirTextAndNeverPrintThemselves() throws MalformedException {
        NodePrivateKey node = NodePrivateKey.generate(new Random(4));
        MachinePrivateKey machine = MachinePrivateKey.generate(new Random(4));
        LockPrivateKey lock = LockPrivateKey.generate(new Random(4));

        assertThat(NodePrivateKey.parse(node.text())).isEqualTo(node).hasSameHashCodeAs(node);
        assertThat(MachinePrivateKey.parse(machine.text())).isEqualTo(machine).isNotEqualTo(node);
        String secret = HexFormat.of().formatHex(node.secretBytes());
        assertThat(node.toString() + machine + lock)
                .doesNotContain(secret)
                .doesNotContain(lock.text().substring("nlpriv:".length()))
                .startsWith("NodePrivateKey of [");
        assertThatThrownBy(() -> LockPrivateKey.parse(lock.text().replaceAll(".$", "x")))
                .isInstanceOf(MalformedException.class);
    }
}
