package dev.remora.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.testing.Vectors;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HashesTest {
    private static final byte[] KEY = counting(32);

    @Test
    void blake2sIsThatOfItsAuthorsAtEveryLength() throws IOException {
        List<String> lines = lines("/vectors/crypto/blake2s.txt");
        assertThat(lines).hasSize(257);
        for (String line : lines.subList(1, lines.size())) {
            List<String> columns = Arrays.asList(line.split(" "));
            byte[] message = counting(Integer.parseInt(columns.get(0)));
            List<String> ours =
                    List.of(
                            columns.get(0),
                            hex(Blake2s.keyed(KEY, message)),
                            hex(Blake2s.hash(message)),
                            hex(Blake2s.mac16(KEY, message)),
                            hex(Blake2s.hmac(KEY, message)));
            assertThat(ours).isEqualTo(columns);
        }
    }

    @Test
    void partsCountAsOneMessage() {
        byte[] message = counting(200);
        for (int middle = 0; middle <= message.length; middle++) {
            byte[] head = Arrays.copyOf(message, middle);
            byte[] tail = Arrays.copyOfRange(message, middle, message.length);
            assertThat(Blake2s.hash(head, tail)).isEqualTo(Blake2s.hash(message));
            assertThat(Blake2s.hmac(KEY, head, tail)).isEqualTo(Blake2s.hmac(KEY, message));
        }
    }

    @Test
    void keysLongerThanABlockAreHashedFirst() {
        byte[] longKey = counting(65);
        assertThat(Blake2s.hmac(longKey, KEY)).isEqualTo(Blake2s.hmac(Blake2s.hash(longKey), KEY));
    }

    /// The first, the last and the odd ones of the 64 vectors in the paper's reference code.
    @ParameterizedTest
    @CsvSource({
        "0, 310e0edd47db6f72",
        "1, fd67dc93c539f874",
        "2, 5a4fa9d909806c0d",
        "3, 2d7efbd796666785",
        "8, 6224939a79f5f593",
        "15, e545be4961ca29a1",
    })
    void sipHashIsThatOfItsAuthors(int length, String hash) {
        SipHash sip = new SipHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
        long expected = Long.reverseBytes(HexFormat.fromHexDigitsToLong(hash));

        assertThat(sip.hash(counting(length))).isEqualTo(expected);
        if (length % 8 == 0) {
            long[] words = {0x0706050403020100L, 0x0f0e0d0c0b0a0908L};
            assertThat(sip.hash(Arrays.copyOf(words, length / 8))).isEqualTo(expected);
        }
    }

    /// draft-irtf-cfrg-xchacha, sections 2.2.1 and A.3.1.
    @Test
    void extendedNoncesAreThoseOfTheDraft() throws Exception {
        byte[] subKey = Salsa20.hchacha(KEY, bytes("000000090000004a0000000031415927"));
        assertThat(hex(subKey))
                .isEqualTo("82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc");

        byte[] key = bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        byte[] nonce = bytes("404142434445464748494a4b4c4d4e4f5051525354555657");
        byte[] aad = bytes("50515253c0c1c2c3c4c5c6c7");
        byte[] plain =
                ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the"
                                + " future, sunscreen would be it.")
                        .getBytes(StandardCharsets.US_ASCII);
        byte[] sealed =
                bytes(
                        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
                                + "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
                                + "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                                + "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49");
        assertThat(XAead.seal(key, nonce, aad, plain)).isEqualTo(sealed);
        assertThat(XAead.open(key, nonce, aad, sealed)).isEqualTo(plain);
    }

    private static List<String> lines(String resource) throws IOException {
        try (InputStream in = Vectors.class.getResourceAsStream(resource)) {
            byte[] text = Objects.requireNonNull(in, resource).readAllBytes();
            return new String(text, StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
