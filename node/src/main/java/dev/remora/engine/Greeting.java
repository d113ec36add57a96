package dev.remora.engine;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.DiscoKey;
import dev.remora.engine.netmap.Node;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.PacketSink;
import dev.remora.proto.ip.TsmpMessage;
import java.nio.ByteBuffer;
import java.util.Optional;

/// The first packet of a session: our disco key, as a TSMP message.
final class Greeting {
    /// Peers that speak an older protocol level do not expect it.
    static final int SINCE_CAPABILITY_VERSION = 144;

    private Greeting() {}

    static Optional<ByteBuffer> to(Node peer, PeerBook book, DiscoKey disco) {
        return peer.addresses().stream()
                .map(IpPrefix::ip)
                .filter(ip -> book.ownAddressFor(ip).isPresent())
                .findFirst()
                .map(to -> packet(sourceFor(peer, to, book), to, disco));
    }

    private static IpAddress sourceFor(Node peer, IpAddress to, PeerBook book) {
        return book.masquerade().shown(peer.key(), book.ownAddressFor(to).orElseThrow());
    }

    private static ByteBuffer packet(IpAddress from, IpAddress to, DiscoKey disco) {
        Single sink = new Single();
        new TsmpMessage.DiscoAdvertisement(disco.bytes())
                .write(new IpHeader(from, to, IpProtocol.TSMP, 0), sink);
        return sink.packet;
    }

    /// Memory for one packet, with the room around it that sealing needs.
    private static final class Single implements PacketSink {
        private ByteBuffer packet = ByteBuffer.allocate(0);

        @Override
        public ByteBuffer begin(int maxLength) {
            packet = ByteBuffer.allocateDirect(HEADROOM + maxLength + TAILROOM);
            return packet.slice(HEADROOM, maxLength);
        }

        @Override
        public void end(ByteBuffer written) {
            packet.limit(HEADROOM + written.limit()).position(HEADROOM);
        }
    }
}
