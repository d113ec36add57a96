/// A network in memory, for tests of whole tailnets: hosts, NATs, links that are slow and lossy, relays, and one clock
/// that jumps from event to event. One thread; the same seed gives the same run to the last packet.
///
///     SimNetwork        clock, queue of events, randomness
///       SimSegment      one IP network: each of its addresses reaches each other; the internet is one
///         SimHost       addresses, UDP sockets, a link; may block UDP, have a firewall, be cut off, move elsewhere
///         SimNat        a router between an inner segment and an outer one (RFC 4787's behaviours)
///         SimStun       a STUN server
///       SimRelay        stands for a DERP region: frames in order, none lost, from node key to node key
///
/// A tailnet is built like this:
///
///     SimNetwork network = new SimNetwork(seed);
///     SimNat router = SimNat.home(network.internet(), address("203.0.113.1"), SimLink.millis(10));
///     SimHost laptop = new SimHost("laptop", router.inside(), SimLink.millis(1), address("192.168.1.2"));
///     SimHost.Socket socket = laptop.bind(41641, (from, packet) -> …);
///     network.runUntil(SECONDS.toNanos(60));
///
/// What runs on a host asks [SimNetwork#now] and wakes itself with [SimNetwork#at]. Buffers are copied when they are
/// sent, so a sender may use its own again.
@NullMarked
package dev.remora.sim;

import org.jspecify.annotations.NullMarked;
