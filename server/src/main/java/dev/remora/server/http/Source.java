package dev.remora.server.http;

import dev.remora.base.IpAddress;

/// Where something comes from, as far as one party has it to itself: an IPv4 address, or a /64 of IPv6.
public record Source(long network, boolean v4) {
    public static Source of(IpAddress address) {
        return address.v4()
                ? new Source(address.v4Bits(), true)
                : new Source(address.high(), false);
    }
}
