/// WireGuard (its paper, and what the tailnet adds): all tunnels of one node as one machine, [dev.remora.proto.wireguard.WireGuard].
///
///     send(peer, packet)  ──▶ PeerTunnel ── has a session ──▶ Session.seal ──▶ Transmit
///                                 │  has none: StagedPackets ┄┄┄┄┄┐
///                                 └─ Handshake.initiate ──▶ Transmit
///
///     receive(datagram)   ──▶ type 4: SessionIndex ──▶ Session.open ──▶ ReplayWindow ──▶ InnerPacket ──▶ Deliver
///                         ──▶ type 1, 2: CookieChecker (MAC1; under load: MAC2, rate) ──▶ Handshake ──▶ PeerTunnel
///                         ──▶ type 3: CookieJar of the tunnel
///
///     onTimer(now)        ──▶ WakeQueue ──▶ PeerTunnel: retransmit, keep alive, try anew, forget
///
/// Left to others: which path a datagram takes and which paths exist, whose source addresses an inner packet may carry,
/// and whether it may pass. Endpoints are never learned from packets here: that belongs to disco.
@NullMarked
package dev.remora.proto.wireguard;

import org.jspecify.annotations.NullMarked;
