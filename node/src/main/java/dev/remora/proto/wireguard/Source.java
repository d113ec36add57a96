package dev.remora.proto.wireguard;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import java.nio.ByteBuffer;

/// Where a datagram came from. Means nothing for who sent it: it only counts for cookies and rate limits, and as the
/// place where a cookie reply goes.
public sealed interface Source {
    /// From the underlay.
    record Direct(IpPort address) implements Source {
        @Override
        public byte[] cookieInput() {
            byte[] ip = address.ip().toBytes();
            return ByteBuffer.allocate(ip.length + 2)
                    .put(ip)
                    .put((byte) address.port())
                    .put((byte) (address.port() >> 8))
                    .array();
        }

        /// Whoever has one address has all its ports.
        @Override
        public Object limitedAs() {
            return address.ip();
        }
    }

    /// Out of a relay, which vouches for the sender's key.
    record Relayed(int region, NodeKey sender) implements Source {
        @Override
        public byte[] cookieInput() {
            return sender.bytes().toBytes();
        }

        @Override
        public Object limitedAs() {
            return sender;
        }
    }

    /// The bytes that a cookie vouches for.
    byte[] cookieInput();

    /// What shares one rate limit with this source; compared by value.
    Object limitedAs();
}
