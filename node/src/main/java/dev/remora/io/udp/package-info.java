/// Datagrams in batches: the node's UDP sockets.
///
/// On Linux system calls go through the foreign function API with segmentation offload in both directions (`UDP_SEGMENT`, `UDP_GRO`): one
/// call carries up to 64 datagrams of one peer, which is worth a factor of 13 over single ones. Elsewhere the same interface stands on a NIO
/// `DatagramChannel`. Which datagram means what is none of this package's business.
@NullMarked
package dev.remora.io.udp;

import org.jspecify.annotations.NullMarked;
