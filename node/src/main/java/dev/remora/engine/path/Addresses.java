package dev.remora.engine.path;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;

/// Which addresses a path can never lead to.
final class Addresses {
    /// 100.64.0.0/10, out of which tailnets number their nodes.
    private static final IpPrefix OVERLAY_V4 = new IpPrefix(IpAddress.v4(0x64400000), 10);

    /// fd7a:115c:a1e0::/48, the same for IPv6.
    private static final IpPrefix OVERLAY_V6 =
            new IpPrefix(IpAddress.v6(0xfd7a115ca1e00000L, 0), 48);

    private Addresses() {}

    /// Whether this is an address inside the tailnet: a path to it would lead through itself.
    static boolean isOverlay(IpAddress ip) {
        return OVERLAY_V4.contains(ip) || OVERLAY_V6.contains(ip);
    }

    /// Whether it makes sense to send a datagram there. An IPv6 link-local address means nothing without the name of
    /// an interface, which no message carries.
    static boolean canBePath(IpPort address) {
        IpAddress ip = address.ip();
        return address.port() != 0
                && !ip.isUnspecified()
                && !ip.isMulticast()
                && !isOverlay(ip)
                && (ip.v4() || !ip.isLinkLocal());
    }
}
