/// Disco: the small sealed messages in which two nodes find out which UDP paths between them work. Written from the
/// observable protocol of tailscale 1.102; there is no RFC.
///
///     datagram or DERP frame:  DiscoPacket    magic | sender's key | nonce | box
///     inside the box:          DiscoMessage   type | version | body
///     through a peer relay:    GeneveHeader in front of the packet
///
/// When to send what, and what an answer means for a path, is decided in `engine.path`.
@NullMarked
package dev.remora.proto.disco;

import org.jspecify.annotations.NullMarked;
