package dev.remora.proto.ip;

/// The protocol numbers that mean something here (IANA protocol numbers), as they stand in the IP header.
public final class IpProtocol {
    public static final int ICMP = 1;
    public static final int IGMP = 2;
    public static final int TCP = 6;
    public static final int UDP = 17;

    /// The IPv6 fragment header.
    public static final int FRAGMENT = 44;

    public static final int ICMPV6 = 58;

    /// Messages between the nodes of a tailnet themselves, see [TsmpMessage].
    public static final int TSMP = 99;

    public static final int SCTP = 132;

    private IpProtocol() {}

    /// The ICMP of the address family.
    public static int icmp(boolean v4) {
        return v4 ? ICMP : ICMPV6;
    }
}
