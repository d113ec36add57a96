package dev.remora.server.tailnet;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What is decided before a tailnet opens.
///
/// @param serverUrl under which clients reach the server, without a slash at the end
/// @param baseDomain below which nodes have their names, without a dot at the end
/// @param ipv4 inside 100.64.0.0/10
/// @param ipv6 inside fd7a:115c:a1e0::/48, with at least 24 bits for nodes
/// @param nodeExpiry how long a person's node stays without a new login; empty: for ever
/// @param ephemeralAfter an ephemeral node is forgotten when it has been away for so long
/// @param offlineAfter a node counts as away when it has not come back for so long
/// @param deviceApproval nodes wait for an administrator unless their key is pre-approved
public record TailnetSettings(
        String serverUrl,
        String baseDomain,
        IpPrefix ipv4,
        IpPrefix ipv6,
        Optional<Duration> nodeExpiry,
        Duration ephemeralAfter,
        Duration offlineAfter,
        boolean deviceApproval) {
    /// The whole range for tailnets, RFC 6598's.
    public static final IpPrefix ALL_IPV4 = new IpPrefix(IpAddress.v4(0x64400000), 10);

    public static final IpPrefix ALL_IPV6 =
            new IpPrefix(IpAddress.v6(0xfd7a_115c_a1e0_0000L, 0), 48);

    private static final int LONGEST_IPV6 = 104;
    private static final int MAX_DOMAIN = 180;
    private static final Duration LEAST_EPHEMERAL_AFTER = Duration.ofSeconds(65);

    public TailnetSettings {
        if (!serverUrl.startsWith("http://") && !serverUrl.startsWith("https://")) {
            throw new IllegalArgumentException("the server's URL starts with http:// or https://");
        }
        serverUrl =
                serverUrl.endsWith("/")
                        ? serverUrl.substring(0, serverUrl.length() - 1)
                        : serverUrl;
        requireDomain(baseDomain);
        requireOutside(serverUrl, baseDomain);
        requireInside(ALL_IPV4, ipv4);
        requireInside(ALL_IPV6, ipv6);
        if (ipv6.bits() > LONGEST_IPV6) {
            throw new IllegalArgumentException(
                    "the pool " + ipv6 + " has no room for the last 24 bits of an IPv4 address");
        }
    }

    /// What most want.
    public static TailnetSettings of(String serverUrl, String baseDomain) {
        return new TailnetSettings(
                serverUrl,
                baseDomain,
                ALL_IPV4,
                ALL_IPV6,
                Optional.empty(),
                Duration.ofSeconds(120),
                Duration.ofSeconds(10),
                false);
    }

    public TailnetSettings withNodeExpiry(Duration next) {
        return new TailnetSettings(
                serverUrl,
                baseDomain,
                ipv4,
                ipv6,
                Optional.of(next),
                ephemeralAfter,
                offlineAfter,
                deviceApproval);
    }

    public TailnetSettings withDeviceApproval(boolean next) {
        return new TailnetSettings(
                serverUrl, baseDomain, ipv4, ipv6, nodeExpiry, ephemeralAfter, offlineAfter, next);
    }

    public TailnetSettings withPools(IpPrefix nextIpv4, IpPrefix nextIpv6) {
        return new TailnetSettings(
                serverUrl,
                baseDomain,
                nextIpv4,
                nextIpv6,
                nodeExpiry,
                ephemeralAfter,
                offlineAfter,
                deviceApproval);
    }

    /// @param nextEphemeralAfter clients send a sign of life every minute, so at least 65 s make sense outside of tests
    public TailnetSettings withGrace(Duration nextOfflineAfter, Duration nextEphemeralAfter) {
        return new TailnetSettings(
                serverUrl,
                baseDomain,
                ipv4,
                ipv6,
                nodeExpiry,
                nextEphemeralAfter,
                nextOfflineAfter,
                deviceApproval);
    }

    /// What a server should say about its settings before it serves real clients.
    public Optional<String> remark() {
        return ephemeralAfter.compareTo(LEAST_EPHEMERAL_AFTER) < 0
                ? Optional.of(
                        "ephemeral nodes are forgotten after less than 65 seconds: a brief reconnect loses them")
                : Optional.empty();
    }

    private static void requireDomain(String domain) {
        boolean valid =
                domain.length() <= MAX_DOMAIN
                        && domain.matches(
                                "[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
        if (!valid) {
            throw new IllegalArgumentException(
                    "'" + domain + "' cannot be the domain of the nodes' names");
        }
    }

    /// Clients would ask their own resolver for the server, and lock themselves out.
    private static void requireOutside(String url, String domain) {
        String host = URI.create(url).getHost();
        if (host != null) {
            String lower = host.toLowerCase(Locale.ROOT);
            if (lower.equals(domain) || lower.endsWith("." + domain)) {
                throw new IllegalArgumentException(
                        "the server's own name, " + host + ", must not be below " + domain);
            }
        }
    }

    private static void requireInside(IpPrefix all, IpPrefix pool) {
        if (pool.bits() < all.bits() || !all.contains(pool.ip()) || !pool.isMasked()) {
            throw new IllegalArgumentException("the pool " + pool + " is not inside " + all);
        }
    }
}
