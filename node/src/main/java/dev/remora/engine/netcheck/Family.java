package dev.remora.engine.netcheck;

import dev.remora.base.IpAddress;
import dev.remora.engine.netmap.DerpAddress;
import dev.remora.engine.netmap.DerpNode;

/// The two kinds of addresses, each measured by itself.
enum Family {
    V4,
    V6;

    static Family of(IpAddress ip) {
        return ip.v4() ? V4 : V6;
    }

    boolean availableOn(HostNetwork host) {
        return this == V4 ? host.ipv4() : host.ipv6();
    }

    DerpAddress addressOf(DerpNode node) {
        return this == V4 ? node.ipv4() : node.ipv6();
    }
}
