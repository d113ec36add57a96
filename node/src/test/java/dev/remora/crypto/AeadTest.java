package dev.remora.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatRuntimeException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AeadTest {
    private static final byte[] NO_AAD = new byte[0];

    static List<Aead> implementations() {
        List<Aead> all = new ArrayList<>(List.of(Aead.jdk()));
        Aead.libcrypto().ifPresent(all::add);
        return all;
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void sealsAndOpensTheVectorOfRfc8439(Aead aead) {
        assertThat(BestAead.selfTest(aead)).isTrue();
    }

    @Test
    void saysWhichImplementationIsUsed() {
        assertThat(Aead.best().name())
                .startsWith(
                        Aead.libcrypto().isPresent() ? "libcrypto (OpenSSL" : "jdk (libcrypto: ");
    }

    @Test
    void bothImplementationsMakeTheSameBytes() {
        assumeThat(Aead.libcrypto()).as("libcrypto on this machine").isPresent();
        Random random = new Random(7);
        byte[] secret = bytes(random, 32);
        try (AeadKey one = Aead.jdk().key(secret);
                AeadKey other = Aead.libcrypto().orElseThrow().key(secret)) {
            for (int i = 0; i < 500; i++) {
                byte[] plain = bytes(random, i < 100 ? i : random.nextInt(3000));
                byte[] aad = bytes(random, random.nextInt(40));
                ByteBuffer byOne = seal(one, i, aad, plain, memory(random, plain.length + 64));
                ByteBuffer byOther = seal(other, i, aad, plain, memory(random, plain.length + 64));

                assertThat(byOne).isEqualTo(byOther);
                assertThat(other.open(1, i, aad, byOne, byOne.duplicate())).isTrue();
                assertThat(one.open(1, i, aad, byOther, byOther.duplicate())).isTrue();
                assertThat(byOne.flip().limit(plain.length)).isEqualTo(ByteBuffer.wrap(plain));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void inPlaceIsTheSameAsFromOneBufferToAnother(Aead aead) {
        Random random = new Random(9);
        byte[] secret = bytes(random, 32);
        try (AeadKey key = aead.key(secret);
                AeadKey other = aead.key(secret)) { // since a nonce is for once
            for (int length = 0; length < 200; length++) {
                byte[] plain = bytes(random, length);
                byte[] aad = bytes(random, length % 3);
                ByteBuffer sealed = seal(other, length, aad, plain, memory(random, length + 64));
                ByteBuffer text = memory(random, length + 64).position(5).put(plain).position(5);

                key.sealInPlace(1, length, aad, text, length);
                assertThat(text.flip().position(5)).isEqualTo(sealed);

                text.put(5, (byte) ~text.get(5));
                assertThat(key.openInPlace(1, length, aad, text)).isFalse();
                assertThat(text.position()).isEqualTo(5);

                ByteBuffer again = text.put(5, sealed, 0, sealed.remaining());
                assertThat(key.openInPlace(1, length, aad, again)).isTrue();
                assertThat(again.flip().position(5)).isEqualTo(ByteBuffer.wrap(plain));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void inPlaceThereMustBeRoomForTheTag(Aead aead) {
        try (AeadKey key = aead.key(new byte[32])) {
            ByteBuffer text = ByteBuffer.allocateDirect(20 + AeadKey.TAG - 1);
            assertThatRuntimeException().isThrownBy(() -> key.sealInPlace(0, 0, NO_AAD, text, 20));
            assertThat(key.openInPlace(0, 0, NO_AAD, text.limit(AeadKey.TAG - 1))).isFalse();
        }
    }

    /// Seals in place, somewhere inside of `memory`, and gives back the sealed part.
    private static ByteBuffer seal(
            AeadKey key, long nonce, byte[] aad, byte[] plain, ByteBuffer memory) {
        ByteBuffer text = memory.slice(17, plain.length + AeadKey.TAG);
        text.put(plain).flip();
        ByteBuffer out = text.duplicate().clear();
        key.seal(1, nonce, aad, text, out);
        assertThat(text.hasRemaining()).isFalse();
        assertThat(out.position()).isEqualTo(plain.length + AeadKey.TAG);
        return out.flip();
    }

    private static ByteBuffer memory(Random random, int length) {
        return random.nextBoolean()
                ? ByteBuffer.allocate(length)
                : ByteBuffer.allocateDirect(length);
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void refusesEveryChangedBitAndStaysUsable(Aead aead) {
        Random random = new Random(8);
        byte[] aad = bytes(random, 9);
        byte[] plain = bytes(random, 33);
        try (AeadKey key = aead.key(bytes(random, 32))) {
            ByteBuffer sealed = seal(key, 5, aad, plain, ByteBuffer.allocateDirect(100));
            ByteBuffer out = ByteBuffer.allocateDirect(plain.length);
            for (int bit = 0; bit < sealed.remaining() * 8; bit++) {
                byte good = sealed.get(bit / 8);
                sealed.put(bit / 8, (byte) (good ^ 1 << bit % 8));
                assertThat(key.open(1, 5, aad, sealed, out)).isFalse();
                assertThat(sealed.position() + out.position()).isZero();
                sealed.put(bit / 8, good);
            }
            assertThat(key.open(2, 5, aad, sealed, out)).isFalse();
            assertThat(key.open(1, 6, aad, sealed, out)).isFalse();
            assertThat(key.open(1, 5, NO_AAD, sealed, out)).isFalse();
            assertThat(key.open(1, 5, aad, sealed, out)).isTrue();
            assertThat(out.flip()).isEqualTo(ByteBuffer.wrap(plain));
        }
    }

    @ParameterizedTest
    @MethodSource("implementations")
    void refusesEveryPrefix(Aead aead) {
        try (AeadKey key = aead.key(new byte[32])) {
            ByteBuffer sealed = seal(key, 0, NO_AAD, new byte[20], ByteBuffer.allocate(100));
            for (int length = 0; length < sealed.capacity(); length++) {
                ByteBuffer prefix = sealed.duplicate().limit(length);
                assertThat(key.open(1, 0, NO_AAD, prefix, ByteBuffer.allocate(100))).isFalse();
            }
        }
    }

    @Test
    void aClosedForeignKeyIsRefusedInsteadOfCrashing() {
        assumeThat(Aead.libcrypto()).as("libcrypto on this machine").isPresent();
        AeadKey key = Aead.libcrypto().orElseThrow().key(new byte[32]);
        key.close();
        key.close();

        ByteBuffer memory = ByteBuffer.allocateDirect(AeadKey.TAG);
        assertThatIllegalStateException()
                .isThrownBy(() -> key.seal(0, 0, NO_AAD, memory.duplicate().limit(0), memory));
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
