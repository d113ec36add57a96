package dev.remora.proto.stun;

import java.nio.ByteBuffer;

/// What all STUN messages share, and how one is told from the other traffic of a socket.
public final class Stun {
    /// The UDP port of a STUN server that names no other.
    public static final int DEFAULT_PORT = 3478;

    static final int HEADER_LENGTH = 20;
    static final int MAGIC_COOKIE = 0x2112a442;
    static final int BINDING_REQUEST = 0x0001;
    static final int BINDING_SUCCESS = 0x0101;

    private static final int COOKIE = 4;

    private Stun() {}

    /// Whether the datagram between position and limit is a STUN message. "The most significant 2 bits of every STUN
    /// message MUST be zeroes" and the cookie at its place (RFC 8489 §5); type and length are not looked at.
    public static boolean looksLikeStun(ByteBuffer datagram) {
        int start = datagram.position();
        return datagram.remaining() >= HEADER_LENGTH
                && (datagram.get(start) & 0xc0) == 0
                && datagram.getInt(start + COOKIE) == MAGIC_COOKIE;
    }

    /// The narrower test for a socket that also carries WireGuard and disco: STUN, and of the method "binding".
    public static boolean looksLikeBinding(ByteBuffer datagram) {
        return looksLikeStun(datagram) && datagram.get(datagram.position() + 1) == 1;
    }
}
