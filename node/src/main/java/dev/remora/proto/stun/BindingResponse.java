package dev.remora.proto.stun;

import dev.remora.base.Bytes;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The answer: the address a binding request came from, as the server saw it.
///
///     0        20                           24  25       26             28
///     | header | XOR-MAPPED-ADDRESS, length | 0 | family | port ^ 2112  | address ^ (cookie, txId) |
///
/// The address is masked because some NATs rewrite every copy of it that they find in a payload.
public record BindingResponse(TxId txId, IpPort seenFrom) {
    private static final int FAMILY_V4 = 1;
    private static final int FAMILY_V6 = 2;
    private static final int FAMILY = 1;
    private static final int PORT = 2;
    private static final int ADDRESS = 4;

    /// Reads the datagram between position and limit as a client does. A masked address wins over a plain
    /// MAPPED-ADDRESS wherever it stands, of several of one kind the last one counts; one attribute that is malformed
    /// refuses the whole message. An IPv4 address in IPv6 clothes, as dual-stack servers send it, is unmapped.
    public static BindingResponse parse(ByteBuffer datagram) throws MalformedException {
        if (!Stun.looksLikeStun(datagram)) {
            throw new MalformedException("no STUN message");
        }
        ByteBuffer in = datagram.slice();
        if (in.getShort() != Stun.BINDING_SUCCESS) {
            throw new MalformedException("no successful binding response");
        }
        int length = Short.toUnsignedInt(in.getShort());
        TxId txId = TxId.read(in.position(8));
        Bytes.need(in, length, "STUN attributes");
        in.limit(in.position() + length);
        return new BindingResponse(txId, address(txId, new Attributes(in)));
    }

    private static IpPort address(TxId txId, Attributes attributes) throws MalformedException {
        @Nullable IpPort plain = null;
        @Nullable IpPort masked = null;
        while (attributes.next()) {
            switch (attributes.type()) {
                case Attributes.XOR_MAPPED_ADDRESS, Attributes.XOR_MAPPED_ADDRESS_OLD ->
                        masked = unmask(txId, readAddress(attributes.value()));
                case Attributes.MAPPED_ADDRESS -> plain = unmapped(readAddress(attributes.value()));
                default -> {} // an attribute we need not understand
            }
        }
        @Nullable IpPort seenFrom = masked != null ? masked : plain;
        if (seenFrom == null) {
            throw new MalformedException("binding response without an address");
        }
        return seenFrom;
    }

    private static IpPort readAddress(ByteBuffer value) throws MalformedException {
        Bytes.need(value, ADDRESS, "STUN address");
        int family = Bytes.u8(value, FAMILY);
        int port = Bytes.u16(value, PORT);
        value.position(ADDRESS);
        return new IpPort(readIp(family, value), port);
    }

    private static IpAddress readIp(int family, ByteBuffer in) throws MalformedException {
        return switch (family) {
            case FAMILY_V4 -> {
                Bytes.need(in, 4, "STUN IPv4 address");
                yield IpAddress.readV4(in);
            }
            case FAMILY_V6 -> {
                Bytes.need(in, 16, "STUN IPv6 address");
                yield IpAddress.readV6(in);
            }
            default -> throw new MalformedException("STUN address family " + family);
        };
    }

    private static IpPort unmask(TxId txId, IpPort address) {
        return unmapped(mask(txId, address));
    }

    /// RFC 8489 §14.2; masking twice gives the same address again.
    private static IpPort mask(TxId txId, IpPort address) {
        IpAddress ip = address.ip();
        long high = (long) Stun.MAGIC_COOKIE << 32 | Integer.toUnsignedLong(txId.head());
        IpAddress masked =
                ip.v4()
                        ? IpAddress.v4(ip.v4Bits() ^ Stun.MAGIC_COOKIE)
                        : IpAddress.v6(ip.high() ^ high, ip.low() ^ txId.tail());
        return new IpPort(masked, address.port() ^ Stun.MAGIC_COOKIE >>> 16);
    }

    private static IpPort unmapped(IpPort address) {
        return new IpPort(address.ip().unmapped(), address.port());
    }

    /// Bytes on the wire: 32 for an IPv4 address, 44 for IPv6.
    public int length() {
        return Stun.HEADER_LENGTH + Attributes.HEADER_LENGTH + valueLength();
    }

    private int valueLength() {
        return ADDRESS + seenFrom.ip().length();
    }

    /// Writes [#length] bytes.
    public void writeTo(ByteBuffer out) {
        IpPort masked = mask(txId, seenFrom);
        out.putShort((short) Stun.BINDING_SUCCESS);
        out.putShort((short) (Attributes.HEADER_LENGTH + valueLength()));
        out.putInt(Stun.MAGIC_COOKIE);
        txId.write(out);
        out.putShort((short) Attributes.XOR_MAPPED_ADDRESS).putShort((short) valueLength());
        out.put((byte) 0).put((byte) (seenFrom.ip().v4() ? FAMILY_V4 : FAMILY_V6));
        out.putShort((short) masked.port());
        masked.ip().write(out);
    }
}
