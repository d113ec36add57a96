/// The packets inside the tunnel: IPv4, IPv6, UDP, ICMP and TSMP headers and the Internet checksum.
///
/// A packet is a [java.nio.ByteBuffer] and is never copied to be understood: [IpPacket] is a view that has checked
/// every length once, and [UdpPacket], [IcmpPacket] and [TsmpMessage] look behind it.
///
///     bytes   | IP header | transport header | payload |   ignored: padding of the tunnel
///             ^0          ^transportOffset             ^end
///
/// Writers ask a [PacketSink] for room and put [IpHeader] in front of what they send. What is understood follows
/// RFC 791, RFC 8200 (fragment header only), RFC 768, RFC 792 and RFC 4443, and where policy hangs on it, what the
/// tailnet's other implementations do. TCP headers belong to `proto.tcp`; whether a packet may pass to `engine.filter`.
@NullMarked
package dev.remora.proto.ip;

import org.jspecify.annotations.NullMarked;
