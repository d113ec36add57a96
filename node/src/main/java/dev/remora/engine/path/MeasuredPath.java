package dev.remora.engine.path;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;

/// A UDP address that answered a ping.
///
/// @param latency between ping and pong, in nanoseconds
/// @param mtu the largest IP packet known to get through, in bytes
record MeasuredPath(IpPort to, long latency, int mtu) {
    /// What every path is taken to carry: the tunnel's 1280 bytes with 80 around them.
    static final int DEFAULT_MTU = 1360;

    private static final int LOOPBACK_POINTS = 50;
    private static final int LINK_LOCAL_POINTS = 30;
    private static final int PRIVATE_POINTS = 20;
    private static final int IPV6_POINTS = 10;

    MeasuredPath withLatency(long latency) {
        return new MeasuredPath(to, latency, mtu);
    }

    /// Whether it is worth leaving `other` for this. One point more than none is not: two equal paths would take
    /// turns for ever.
    boolean betterThan(MeasuredPath other) {
        if (to.equals(other.to)) {
            return mtu > other.mtu;
        }
        long ours = points(to.ip()) + speedPoints(latency, other.latency);
        long others = points(other.to.ip()) + speedPoints(other.latency, latency);
        return ours > others && !(ours <= 1 && others == 0);
    }

    /// What address it is weighs more than a few per cent of latency: a local network costs nobody anything.
    private static int points(IpAddress ip) {
        int near =
                ip.isLoopback()
                        ? LOOPBACK_POINTS
                        : ip.isLinkLocal()
                                ? LINK_LOCAL_POINTS
                                : ip.isPrivate() ? PRIVATE_POINTS : 0;
        return near + (ip.v4() ? 0 : IPV6_POINTS);
    }

    /// By how many per cent of the slower one the faster one is faster; the slower gets nothing.
    private static long speedPoints(long latency, long other) {
        return latency < other ? 100 - latency * 100 / other : 0;
    }
}
