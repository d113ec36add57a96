package dev.remora.proto.ip;

import dev.remora.base.Bytes;
import java.nio.ByteBuffer;

/// Where things stand in an IPv4 header (RFC 791 §3.1).
///
///     0  version, header length in words | 1 service | 2 total length
///     4  identification                  | 6 0, DF, MF, fragment offset 13 in units of 8 bytes
///     8  time to live | 9 protocol       | 10 header checksum
///     12 source                          | 16 destination | 20 options
final class Ipv4 {
    static final int TOTAL_LENGTH = 2;
    static final int ID = 4;
    static final int FRAGMENT = 6;
    static final int TTL = 8;
    static final int PROTOCOL = 9;
    static final int CHECKSUM = 10;
    static final int SRC = 12;
    static final int DST = 16;
    static final int HEADER_LENGTH = 20;

    private static final int LOOSE_SOURCE_ROUTE = 131;
    private static final int STRICT_SOURCE_ROUTE = 137;

    private Ipv4() {}

    static boolean hasSourceRoute(ByteBuffer bytes, int start) {
        int end = start + ((bytes.get(start) & 0xf) << 2);
        int at = start + HEADER_LENGTH;
        while (at + 1 < end) {
            int type = Bytes.u8(bytes, at);
            int length = Bytes.u8(bytes, at + 1);
            if (type == LOOSE_SOURCE_ROUTE || type == STRICT_SOURCE_ROUTE) {
                return true;
            }
            if (type == 0) {
                return false; // end of options
            }
            at += type == 1 ? 1 : Math.max(length, 2); // 1 is the padding, a single byte
        }
        return false;
    }
}
