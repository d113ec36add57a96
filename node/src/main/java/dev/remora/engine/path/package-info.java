/// Which way to each peer: disco, endpoints, the choice between direct UDP and a relay. Written from the observable
/// behaviour of tailscale 1.102; there is no RFC.
///
/// [Demux] tells disco from what else arrives on the UDP socket. [PathFinder] is the machine behind it:
///
///     netmap ──────────── onPeerChanged, -Removed ─┐                  ┌─ SendDisco, RelayDisco
///     packets to send ─── route ───────────────────┤                  ├─ EndpointsWanted ─► netcheck
///     disco packets ───── onDisco ─────────────────┤    PathFinder    ├─ EndpointsChanged ─► control
///     WireGuard says ──── onIdentified, onReceived ┤                  ├─ PathChanged, PeerRestarted
///     own addresses ───── onLocalSockets ──────────┤                  ├─ PingAnswered, PingTimedOut
///     STUN results ────── onStunEndpoints ─────────┘                  └─ Dropped
///
/// The way of one peer, as packets are sent to it ([PeerPaths]):
///
///     relay only ── a pong ──► direct, trusted for 6.5 s ── no pong ──► direct and relay at once
///         ▲                        │   ▲                                    │      │
///         │                        └───┴──────── a pong ◄───────────────────┘      │
///         └─────────────────── a ping to it stays unanswered for 5 s ◄─────────────┘
///
/// The first packet starts a heartbeat of 3 s, which pings the best address, until nothing was sent for 45 s. A search
/// pings every candidate (from the netmap, from the peer's call-me-maybe, or seen as the source of its pings), at most
/// every 5 s each, and asks the peer through its relay to do the same, so that both firewalls open. It runs while no
/// path is trusted, and every minute while the best is slower than 5 ms. Among several, [MeasuredPath] says which is
/// better.
///
/// Nobody is believed: a disco packet counts only if it opens with the key that the netmap gives a peer, a pong only
/// if it carries the random id of a ping we sent, a call-me-maybe only if a relay vouches for its sender. WireGuard
/// knows nothing of addresses; where its packets come from tells who is there ([PathFinder#peerAt]), not where to send.
///
/// Costs: a peer that is never talked to has a table entry and nothing else. [PathFinder#route] allocates nothing while
/// the path is trusted.
///
/// Left to others: performing outputs; finding STUN endpoints (`engine.netcheck`); DERP connections and the choice of
/// our own home. Not built yet, with their place here: port mapping (another source of own endpoints) and peer relays
/// (another [PeerPath], with the messages that `proto.disco` already reads).
@NullMarked
package dev.remora.engine.path;

import org.jspecify.annotations.NullMarked;
