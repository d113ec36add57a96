package dev.remora.proto.ip;

import java.nio.ByteBuffer;

/// Where written IP packets go. The writer asks for a buffer, fills it and hands it back; between [#begin] and [#end]
/// nothing else may be begun. A writer that finds nothing to send after all simply does not call [#end].
public interface PacketSink {
    /// Room left free in front of every buffer, for headers of what carries the packet.
    int HEADROOM = 16;

    /// Room left free behind `maxLength`, for padding and authentication tag.
    int TAILROOM = 15 + 16;

    /// A direct, big-endian buffer at position 0, where the IP header starts, with a limit of at least `maxLength`
    /// bytes. The same memory has [#HEADROOM] bytes before it and [#TAILROOM] behind.
    ByteBuffer begin(int maxLength);

    /// Takes the finished packet: the buffer of the last [#begin], position 0, limit at the packet's true length.
    void end(ByteBuffer packet);
}
