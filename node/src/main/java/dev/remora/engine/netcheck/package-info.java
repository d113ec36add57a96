/// Finding out what network we are in: do UDP and IPv6 work, which address does our NAT show, does it show the same to
/// everybody, how far is each relay region, and so which should be our home. Source: tailscale's `net/netcheck`.
///
/// [NetCheck] is the machine; one run ends in one [NetReport]:
///
///     idle ─ start ─► STUN probes, ≤ 3 s ─┬─ any answer ───────────────────────────► report
///                                         └─ none: HTTPS to each region, ≤ 5 s in all ─► report
///
/// [ProbePlan] says which relays are asked when: all of them on a full run, the nearest and the home in between.
/// [HomeChoice] picks the home from what the last five minutes measured, and does not change its mind lightly.
///
/// Left to others: sending (from the very socket that carries WireGuard, else the NAT shows another mapping), name
/// look-ups, HTTPS requests, when to run (`engine.path`), and telling control. Port mapping, ICMP and captive portals
/// are not looked for yet.
@NullMarked
package dev.remora.engine.netcheck;

import org.jspecify.annotations.NullMarked;
