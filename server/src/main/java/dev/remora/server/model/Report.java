package dev.remora.server.model;

import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.proto.control.HostInfo;
import java.util.List;

/// What a node told about itself the last time.
///
/// @param endpoints where it may be reached over UDP
/// @param homeDerp the region where it waits to be called, 0 if unknown
/// @param capVersion the protocol level it speaks, see `CapabilityVersion`
public record Report(HostInfo hostInfo, List<IpPort> endpoints, int homeDerp, int capVersion) {
    public Report {
        endpoints = List.copyOf(endpoints);
    }

    /// The subnets it offers, `0.0.0.0/0` and `::/0` among them for an exit node.
    public List<IpPrefix> announcedRoutes() {
        List<IpPrefix> routes = hostInfo.routableIps();
        return routes == null ? List.of() : routes;
    }
}
