package dev.remora.sidecar.life;

import dev.remora.base.IpAddress;
import dev.remora.io.loop.JdkAddresses;
import java.net.InetSocketAddress;
import java.util.List;

/// Where probes and scrapers are answered over HTTP.
///
/// @param metrics whether `/metrics` is there
/// @param health whether `/livez`, `/readyz` and `/healthz` are there
/// @param podAddresses those of the pod, which `/healthz` names; outside of Kubernetes there are none
public record Probes(
        InetSocketAddress address, boolean metrics, boolean health, List<IpAddress> podAddresses) {
    /// Outside of Kubernetes.
    public Probes(InetSocketAddress address, boolean metrics, boolean health) {
        this(address, metrics, health, List.of());
    }

    /// The address as people write it.
    String shown() {
        return JdkAddresses.read(address).toString();
    }
}
