/// May this packet pass? The rules that control sends, compiled for the addresses of this node.
///
///     FilterInput ── CompiledRules.of ──> CompiledRules ── PacketFilter.with ──> PacketFilter
///     (as in the map response)            source address → rules                 + flows of UDP and SCTP
///
/// [PacketFilter] answers with a [Verdict] for a packet from a peer or to a peer. A rule opens destinations for sources;
/// what no rule opens is dropped. TCP needs a rule for its SYN only, the rest of a connection always passes to our own
/// addresses: telling strays from live connections is the stack's work. UDP and SCTP answers are let in by
/// remembering what went out. The decisions match those of the tailnet's other nodes, with one exception: a later
/// fragment passes only to our own addresses.
///
/// The rules also say what a peer may do beyond packets ([CompiledRules#grants]). Whether a packet's source
/// belongs to the peer it came from is `engine.route`'s question.
@NullMarked
package dev.remora.engine.filter;

import org.jspecify.annotations.NullMarked;
