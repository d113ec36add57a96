/// Userspace sockets: TCP streams and UDP ports on the tailnet's addresses of this node, over `proto.tcp` and `proto.ip`.
///
///     IpPacket ──> NetStack ── TCP ──> TcpStack ── 4-tuple ──> TcpStream ──> TcpConnection
///      (past the      │                    ├── TIME-WAIT ──> TimeWaitTable
///       filter)       │                    └── SYN, port ──> TcpListener ──> ConnectRequest ── accept ──> TcpStream
///                     ├── UDP ──> UdpStack ──> UdpPort ──> UdpHandler
///                     ├── ICMP ─> echo replies, errors to streams and ports
///                     └── fragments ──> Fragments ── whole packet ──> back to the top
///
/// The owner gives packets to [NetStack#onPacket] and ends every group of calls with [NetStack#endOfBatch]: there loss is
/// judged, bytes and acknowledgements go out, and events are told. Received bytes are offered to the stream's
/// [StreamHandler] while they still lie in their packet; what it leaves waits in the connection and closes the window,
/// so nothing is queued between a tailnet stream and the socket it is spliced with.
///
/// A new connection is a [ConnectRequest] first: nothing is answered until the owner has said whether it can serve it.
///
/// Follows RFC 9293 §3.5.2 (resets), 6191 and 1337 (TIME-WAIT), 6056 (ports), 1122 and 4443 (ICMP), 5722 and 8200
/// (fragments). Left to others: the packet filter, which peer an address belongs to, name look-ups, and what a served
/// port is for.
@NullMarked
package dev.remora.engine.netstack;

import org.jspecify.annotations.NullMarked;
