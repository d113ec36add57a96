/// What the node decides, without sockets, clock or threads.
///
///     netmap ───────▶ PeerBook ── RouteTable, PacketFilter ◀── asked for every packet
///     datagrams ────▶ DataPlane ── WireGuard, PathFinder, NetStack
///     time ─────────▶ Engine ──── all of them, NetChecks, Pings ───▶ EngineOutput
///
/// [dev.remora.engine.Engine] is the whole; [dev.remora.engine.DataPlane] is one packet's way in the order it happens. Performing outputs, and
/// everything about control and relays as connections, is left to `node` and `io`.
@NullMarked
package dev.remora.engine;

import org.jspecify.annotations.NullMarked;
