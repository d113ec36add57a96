package dev.remora.proto.stun;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The 96-bit transaction id that joins a binding response to its request (RFC 8489 §5).
public record TxId(int head, long tail) {
    public static TxId random(RandomGenerator random) {
        return new TxId(random.nextInt(), random.nextLong());
    }

    static TxId read(ByteBuffer in) {
        return new TxId(in.getInt(), in.getLong());
    }

    void write(ByteBuffer out) {
        out.putInt(head).putLong(tail);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(head) + HexFormat.of().toHexDigits(tail);
    }
}
