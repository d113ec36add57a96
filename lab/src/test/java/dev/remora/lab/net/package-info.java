/// A private Internet of Linux network namespaces: switches, hosts, NAT boxes.
///
///     alpha 10.77.0.11 ─┐
///     ctl   10.77.0.10 ─┼─ public switch ─┬─ nat box ── switch 192.168.1.0/24 ── hosts with a private address
///     …                ─┘  (its bridge    └─ nat box ── …
///                           answers "unreachable" to the rest of the world)
///
/// Firewalls and cut cables live in the switch, not in the host: what a host sends then vanishes on its way, as in a
/// real network, where a rule in the host itself would make its `send` fail.
@NullMarked
package dev.remora.lab.net;

import org.jspecify.annotations.NullMarked;
