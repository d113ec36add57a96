package dev.remora.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// RFC 7748, sections 5.2 and 6.1, and the points of low order known to have been used against implementations.
class X25519Test {
    @ParameterizedTest
    @CsvSource({
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4,"
                + "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c,"
                + "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d,"
                + "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493,"
                + "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
    })
    void multipliesAsTheRfcDoes(String scalar, String point, String product)
            throws MalformedException {
        assertThat(X25519.shared(bytes(scalar), Bytes32.parseHex(point))).isEqualTo(bytes(product));
    }

    @Test
    void aliceAndBobAgree() throws MalformedException {
        byte[] alice = bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        byte[] bob = bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        byte[] shared = bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");

        assertThat(X25519.publicKey(alice).hex())
                .isEqualTo("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        assertThat(X25519.shared(alice, X25519.publicKey(bob))).isEqualTo(shared);
        assertThat(X25519.shared(bob, X25519.publicKey(alice))).isEqualTo(shared);
    }

    @Test
    void staysRightOverAThousandIterations() throws MalformedException {
        byte[] k = bytes("0900000000000000000000000000000000000000000000000000000000000000");
        byte[] u = k;
        for (int i = 0; i < 1000; i++) {
            byte[] next = X25519.shared(k, Bytes32.of(u));
            u = k;
            k = next;
        }
        assertThat(k)
                .isEqualTo(
                        bytes("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "0100000000000000000000000000000000000000000000000000000000000080",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            })
    void refusesPointsOfLowOrder(String point) {
        DiscoPrivateKey ours = DiscoPrivateKey.generate(new Random(1));

        assertThatThrownBy(() -> ours.agree(Bytes32.parseHex(point)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void aSecretNeedNotBeClamped() {
        byte[] secret = new byte[32];
        new Random(5).nextBytes(secret);

        assertThat(X25519.publicKey(secret))
                .isEqualTo(X25519.publicKey(X25519.clamp(secret.clone())));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
