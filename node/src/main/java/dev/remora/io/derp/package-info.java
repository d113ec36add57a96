/// Connections to DERP relays: at most one for each region, opened when there is something to send, the home
/// region's always.
///
///     DerpRelays          which region a packet takes; home, reverse routes, link changes
///       RegionRelay       one region: queue, how far its connection is (RelayState), when to hang up
///         Patience        pauses between tries
///         RelayDialer     which node of the region, names, TLS identity
///           ConnectRace   its addresses, IPv4 and IPv6 at once
///         RelayConnection one connection: TLS, HTTP upgrade or fast start, frames
///
/// Everything happens on the engine's event loop, but name look-ups and the expensive steps of TLS handshakes, which
/// run on an executor that is passed in. A packet goes from the TLS record to the listener in the same call; what is
/// written is flushed once per wake-up of the loop. Frames are left to `proto.derp`, the choice of the home region to
/// `engine.netcheck`. Source: tailscale's `wgengine/magicsock/derp.go` and `derp/derphttp`.
@NullMarked
package dev.remora.io.derp;

import org.jspecify.annotations.NullMarked;
