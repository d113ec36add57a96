package dev.remora.sidecar.life;

import java.net.InetSocketAddress;

/// Where probes and scrapers are answered over HTTP.
///
/// @param metrics whether `/metrics` is there
/// @param health whether `/livez`, `/readyz` and `/healthz` are there
public record Probes(InetSocketAddress address, boolean metrics, boolean health) {}
