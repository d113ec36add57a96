package dev.remora.lab.net;

import java.util.Optional;

/// The addresses of one switch: an IPv4 /24 and, on the public one, an IPv6 /64.
///
/// @param prefix4 the first three bytes, such as `10.77.0`
/// @param prefix6 the first 64 bits, such as `fd77:0:0:1`
record Subnet(String prefix4, Optional<String> prefix6) {
    private static final int GATEWAY = 1;

    /// Where everybody can reach everybody.
    static Subnet ofPublicHosts() {
        return new Subnet("10.77.0", Optional.of("fd77:0:0:1"));
    }

    /// What a home router gives to its number-th home: private IPv4 only.
    static Subnet behindNat(int number) {
        return new Subnet("192.168." + number, Optional.empty());
    }

    String gateway4() {
        return host4(GATEWAY);
    }

    Optional<String> gateway6() {
        return host6(GATEWAY);
    }

    String host4(int number) {
        return prefix4 + "." + number;
    }

    Optional<String> host6(int number) {
        return prefix6.map(prefix -> prefix + "::" + number);
    }
}
