package dev.remora.server.http;

import dev.remora.server.tls.ServerTls;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Where and how the front listens.
///
/// @param tls empty: plain HTTP, for a proxy in front that speaks TLS, for captive-portal checks on port 80, for demos
/// @param mostConnections how many there may be, whatever they have become
public record HttpSettings(
        InetSocketAddress listen,
        Optional<ServerTls> tls,
        TrustedProxies proxies,
        int mostConnections) {
    private static final int MOST_CONNECTIONS = 20_000;

    /// Without proxies, within bounds that suit a small machine.
    public static HttpSettings of(InetSocketAddress listen, Optional<ServerTls> tls) {
        return new HttpSettings(listen, tls, TrustedProxies.NONE, MOST_CONNECTIONS);
    }

    public HttpSettings withProxies(TrustedProxies other) {
        return new HttpSettings(listen, tls, other, mostConnections);
    }

    public HttpSettings withMostConnections(int most) {
        return new HttpSettings(listen, tls, proxies, most);
    }
}
