/// Whose address is this? [RouteTable] knows which peer packets to an address go to, and with the same look-up whether a
/// peer may send from an address.
///
///     address ── a node's own address? ── else longest prefix ──> NodeKey
///
/// Prefixes come from the netmap's allowed IPs; which of them count (accepted subnets, the chosen exit node) has been
/// decided before.
@NullMarked
package dev.remora.engine.route;

import org.jspecify.annotations.NullMarked;
