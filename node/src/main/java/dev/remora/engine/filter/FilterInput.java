package dev.remora.engine.filter;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One rule as control sends it, texts still unread.
///
/// @param srcIps addresses, prefixes, `a-b`, `*` or `cap:<capability of the source's node>`
/// @param hasSrcBits whether the obsolete list of source prefix lengths is there
/// @param protocols IP protocols, empty if the rule names none, which means TCP, UDP and ICMP
public record FilterInput(
        List<String> srcIps,
        boolean hasSrcBits,
        List<Ports> dstPorts,
        Optional<List<Integer>> protocols,
        List<Grant> grants) {

    /// What may be reached.
    ///
    /// @param ip as in the sources, without `cap:`
    /// @param hasBits whether the obsolete prefix length is there
    public record Ports(String ip, boolean hasBits, int first, int last) {}

    /// What sources may do at destinations beyond sending packets.
    ///
    /// @param dsts prefixes
    /// @param caps capabilities without values
    /// @param capMap capabilities with their JSON values
    public record Grant(List<String> dsts, List<String> caps, Map<String, List<Object>> capMap) {}
}
