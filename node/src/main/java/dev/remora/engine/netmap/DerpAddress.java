package dev.remora.engine.netmap;

import dev.remora.base.IpAddress;

/// Where to find a relay in one address family.
public sealed interface DerpAddress {
    /// Ask DNS for the relay's host name.
    record ByName() implements DerpAddress {}

    /// Exactly here; DNS is not asked.
    record Fixed(IpAddress ip) implements DerpAddress {}

    /// Not reachable in this family.
    record Off() implements DerpAddress {}
}
