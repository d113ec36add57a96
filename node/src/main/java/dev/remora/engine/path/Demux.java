package dev.remora.engine.path;

import dev.remora.proto.disco.DiscoPacket;
import dev.remora.proto.disco.GeneveHeader;
import dev.remora.proto.stun.Stun;
import java.nio.ByteBuffer;

/// Tells apart what shares one UDP socket. The order matters: STUN first, then Geneve, then disco; WireGuard is what
/// remains, and starts with 1 to 4 and three zeros.
public final class Demux {
    private Demux() {}

    /// Looks at what stands between position and limit, and changes nothing.
    public static DatagramKind kindOf(ByteBuffer datagram) {
        if (Stun.looksLikeBinding(datagram)) {
            return DatagramKind.STUN;
        }
        if (GeneveHeader.looksLikeGeneve(datagram)) {
            int at = datagram.position();
            int protocol = datagram.getShort(at + GeneveHeader.PROTOCOL);
            if (protocol == GeneveHeader.WIREGUARD) {
                return DatagramKind.RELAYED_WIREGUARD;
            }
            if (protocol == GeneveHeader.DISCO
                    && DiscoPacket.looksLikeDisco(datagram, GeneveHeader.LENGTH)) {
                return DatagramKind.RELAYED_DISCO;
            }
        }
        return DiscoPacket.looksLikeDisco(datagram, 0)
                ? DatagramKind.DISCO
                : DatagramKind.WIREGUARD;
    }
}
