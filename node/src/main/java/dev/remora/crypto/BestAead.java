package dev.remora.crypto;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Looks once, at first use, which implementations of [Aead] work in this process.
final class BestAead {
    static final @Nullable Aead LIBCRYPTO;
    static final Aead BEST;

    static {
        Aead found = null;
        String why;
        try {
            Aead candidate = new LibcryptoAead();
            why = selfTest(candidate) ? "" : "self-test failed";
            found = why.isEmpty() ? candidate : null;
        } catch (LinkageError | IllegalStateException e) {
            why = reason(e);
        }
        LIBCRYPTO = found;
        BEST = found != null ? found : new JdkAead("jdk (libcrypto: " + why + ")");
    }

    private BestAead() {}

    /// The text of the innermost cause: a missing library comes wrapped in the failure to load the class that calls it.
    private static String reason(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        String text = innermost.getMessage();
        return text == null ? innermost.getClass().getSimpleName() : text;
    }

    /// RFC 8439, section 2.8.2, sealed and opened in foreign and in Java memory, and refused with a bit turned.
    static boolean selfTest(Aead aead) {
        HexFormat hex = HexFormat.of();
        byte[] key =
                hex.parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        byte[] aad = hex.parseHex("50515253c0c1c2c3c4c5c6c7");
        byte[] plain =
                ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the"
                                + " future, sunscreen would be it.")
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] sealed =
                hex.parseHex(
                        "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
                                + "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
                                + "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
                                + "3ff4def08e4b7a9de576d26586cec64b6116"
                                + "1ae10b594f09e26a7e902ecbd0600691");
        return passes(aead, key, aad, plain, sealed, ByteBuffer.allocateDirect(sealed.length))
                && passes(aead, key, aad, plain, sealed, ByteBuffer.allocate(sealed.length));
    }

    private static boolean passes(
            Aead aead, byte[] key, byte[] aad, byte[] plain, byte[] sealed, ByteBuffer memory) {
        int head = 0x07000000;
        long tail = 0x4041424344454647L;
        try (AeadKey sealing = aead.key(key);
                AeadKey opening = aead.key(key)) {
            memory.put(0, plain);
            sealing.seal(
                    head, tail, aad, memory.duplicate().limit(plain.length), memory.duplicate());
            boolean sealsRight = Arrays.equals(sealed, contents(memory, sealed.length));

            memory.put(0, (byte) (sealed[0] ^ 1));
            boolean refuses =
                    !opening.open(
                            head, tail, aad, memory.duplicate(), ByteBuffer.allocate(plain.length));

            memory.put(0, sealed);
            boolean opens = opening.open(head, tail, aad, memory.duplicate(), memory.duplicate());
            return sealsRight
                    && refuses
                    && opens
                    && Arrays.equals(plain, contents(memory, plain.length));
        }
    }

    private static byte[] contents(ByteBuffer memory, int length) {
        byte[] contents = new byte[length];
        memory.get(0, contents);
        return contents;
    }
}
