/// The conversation with the control server.
///
/// [ControlSession][dev.remora.io.control.ControlSession] is what a node uses: it logs in, keeps the map
/// coming, tells the server about us, and says in which state all that is. Underneath stand, from the
/// wire up:
///
///     TCP ─ TLS? ─ UpgradeHandler ─ NoiseReader, NoiseWriter ─ HTTP/2 ─ Http2Stream
///                  (HTTP/1.1, gone after 101)                  (Netty)   (blocking, for virtual threads)
///
/// [dev.remora.io.control.ControlConnection] is one such connection, and carries everything: the long map
/// stream and the short requests beside it. The script on top is straight-line code on a virtual
/// thread. What the messages say is left to `proto.control`, what they add up to to `engine.netmap`.
@NullMarked
package dev.remora.io.control;

import org.jspecify.annotations.NullMarked;
