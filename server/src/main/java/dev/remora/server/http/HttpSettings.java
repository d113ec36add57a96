package dev.remora.server.http;

import dev.remora.server.tls.ServerTls;
import java.net.InetSocketAddress;
import java.util.Optional;

/// Where and how the front listens.
///
/// @param tls empty: plain HTTP, for a proxy in front that speaks TLS, for captive-portal checks on port 80, for demos
/// @param mostConnections how many there may be, whatever they have become
/// @param mostWaiting how many of them may be HTTP still
/// @param mostWaitingPerSource the same, from one address
public record HttpSettings(
        InetSocketAddress listen,
        Optional<ServerTls> tls,
        TrustedProxies proxies,
        int mostConnections,
        int mostWaiting,
        int mostWaitingPerSource) {
    private static final int MOST_CONNECTIONS = 20_000;
    private static final int MOST_WAITING = 4_000;

    /// A few hundred nodes may come back behind one address at once.
    private static final int MOST_WAITING_PER_SOURCE = 1_000;

    /// Without proxies, within bounds that suit a small machine and what the system gives us.
    public static HttpSettings of(InetSocketAddress listen, Optional<ServerTls> tls) {
        int most = Math.min(MOST_CONNECTIONS, Descriptors.forConnections());
        return new HttpSettings(
                listen,
                tls,
                TrustedProxies.NONE,
                most,
                Math.min(MOST_WAITING, Math.ceilDiv(most, 2)),
                Math.min(MOST_WAITING_PER_SOURCE, Math.ceilDiv(most, 4)));
    }

    public HttpSettings withProxies(TrustedProxies other) {
        return new HttpSettings(
                listen, tls, other, mostConnections, mostWaiting, mostWaitingPerSource);
    }

    public HttpSettings withMostConnections(int most) {
        return new HttpSettings(listen, tls, proxies, most, mostWaiting, mostWaitingPerSource);
    }

    public HttpSettings withMostWaiting(int most, int perSource) {
        return new HttpSettings(listen, tls, proxies, mostConnections, most, perSource);
    }
}
