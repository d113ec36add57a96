package dev.remora.io.control;

import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoKey;
import dev.remora.proto.control.EndpointType;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.NetInfo;
import java.util.List;
import java.util.Optional;

/// All that the server is told about us, as it is now.
///
/// @param netInfo empty until the network was looked at
/// @param endpoints where peers may reach us over UDP
public record SelfReport(
        HostInfo hostInfo,
        Optional<NetInfo> netInfo,
        List<ReportedEndpoint> endpoints,
        DiscoKey discoKey) {
    /// An address, and how we know it.
    public record ReportedEndpoint(IpPort address, EndpointType type) {}

    public SelfReport {
        endpoints = List.copyOf(endpoints);
    }

    /// Host info with the network's part in it, as the server wants it.
    HostInfo completeHostInfo() {
        return hostInfo.withNetInfo(netInfo.orElse(null));
    }

    SelfReport with(HostInfo now) {
        return new SelfReport(now, netInfo, endpoints, discoKey);
    }

    SelfReport with(NetInfo now) {
        return new SelfReport(hostInfo, Optional.of(now), endpoints, discoKey);
    }

    SelfReport with(List<ReportedEndpoint> now) {
        return new SelfReport(hostInfo, netInfo, now, discoKey);
    }

    /// True if the server should hear of the difference.
    boolean differsFrom(SelfReport other) {
        boolean sameNetwork =
                netInfo.isPresent() == other.netInfo.isPresent()
                        && (netInfo.isEmpty()
                                || !netInfo.get().differsBeyondLatency(other.netInfo.get()));
        return !sameNetwork
                || !hostInfo.equals(other.hostInfo)
                || !endpoints.equals(other.endpoints)
                || !discoKey.equals(other.discoKey);
    }
}
