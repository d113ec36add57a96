package dev.remora.engine.netcheck;

/// What this machine's interfaces offer.
///
/// @param ipv4 there is an IPv4 address other than loopback, and a socket for it
/// @param ipv6 the same for IPv6
/// @param osHasIpv6 the operating system opens IPv6 sockets at all
public record HostNetwork(boolean ipv4, boolean ipv6, boolean osHasIpv6) {}
