package dev.remora.server.policy;

import dev.remora.base.IpPrefix;
import java.util.List;
import java.util.Map;

/// Whose announced routes need nobody's approval.
///
/// @param routes whose, within each of these networks
/// @param exit who may be an exit node
record AutoApprovers(Map<IpPrefix, List<Alias>> routes, List<Alias> exit) {}
