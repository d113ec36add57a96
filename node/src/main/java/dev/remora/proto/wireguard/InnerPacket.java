package dev.remora.proto.wireguard;

import dev.remora.base.Bytes;
import java.nio.ByteBuffer;

/// As much of an inner packet as WireGuard must understand: its length, to cut the padding off.
final class InnerPacket {
    private static final int IPV4_HEADER = 20;
    private static final int IPV4_LENGTH = 2;
    private static final int IPV6_HEADER = 40;
    private static final int IPV6_PAYLOAD_LENGTH = 4;

    private InnerPacket() {}

    /// Moves the limit to where the IP packet ends, whatever stands behind. False if it is none, or longer than the
    /// plaintext.
    static boolean cutPadding(ByteBuffer plain) {
        int length =
                switch (Bytes.u8(plain, plain.position()) >> 4) {
                    case 4 -> ipv4Length(plain);
                    case 6 -> ipv6Length(plain);
                    default -> 0;
                };
        if (length == 0 || length > plain.remaining()) {
            return false;
        }
        plain.limit(plain.position() + length);
        return true;
    }

    private static int ipv4Length(ByteBuffer plain) {
        if (plain.remaining() < IPV4_HEADER) {
            return 0;
        }
        int total = Bytes.u16(plain, plain.position() + IPV4_LENGTH);
        return total < IPV4_HEADER ? 0 : total;
    }

    private static int ipv6Length(ByteBuffer plain) {
        if (plain.remaining() < IPV6_HEADER) {
            return 0;
        }
        return IPV6_HEADER + Bytes.u16(plain, plain.position() + IPV6_PAYLOAD_LENGTH);
    }
}
