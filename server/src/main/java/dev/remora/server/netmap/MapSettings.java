package dev.remora.server.netmap;

import dev.remora.base.IpPrefix;
import java.time.Duration;

/// How maps are made and sent.
///
/// @param domain the tailnet's name among people
/// @param baseDomain what all nodes' names end in, without dots around it
/// @param ipv4 where the nodes' addresses are from
/// @param ipv6 the same
/// @param taildrop nodes of one user may send each other files
/// @param keepAliveAfter how long a stream may be silent; a random part of `keepAliveJitter` is added
/// @param window how long changes are gathered before a poll is told of them
/// @param fullMapsAtOnce how many whole maps are built at a time, for the day on which everybody comes back
public record MapSettings(
        String domain,
        String baseDomain,
        IpPrefix ipv4,
        IpPrefix ipv6,
        boolean taildrop,
        Duration keepAliveAfter,
        Duration keepAliveJitter,
        Duration window,
        int fullMapsAtOnce) {
    /// Clients give a stream up after 120 s of silence.
    private static final Duration KEEP_ALIVE_AFTER = Duration.ofSeconds(50);

    private static final Duration KEEP_ALIVE_JITTER = Duration.ofSeconds(9);
    private static final Duration WINDOW = Duration.ofMillis(100);

    public static MapSettings of(String domain, String baseDomain, IpPrefix ipv4, IpPrefix ipv6) {
        return new MapSettings(
                domain,
                baseDomain,
                ipv4,
                ipv6,
                true,
                KEEP_ALIVE_AFTER,
                KEEP_ALIVE_JITTER,
                WINDOW,
                2 * Runtime.getRuntime().availableProcessors());
    }

    public MapSettings withWindow(Duration next) {
        return new MapSettings(
                domain,
                baseDomain,
                ipv4,
                ipv6,
                taildrop,
                keepAliveAfter,
                keepAliveJitter,
                next,
                fullMapsAtOnce);
    }

    public MapSettings withKeepAlive(Duration after, Duration jitter) {
        return new MapSettings(
                domain, baseDomain, ipv4, ipv6, taildrop, after, jitter, window, fullMapsAtOnce);
    }
}
