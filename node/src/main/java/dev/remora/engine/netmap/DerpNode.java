package dev.remora.engine.netmap;

import dev.remora.base.IpAddress;
import java.util.Optional;
import java.util.OptionalInt;

/// One relay server of a region.
///
/// @param name a label, unique in the map; no host name
/// @param hostName what TLS and HTTP ask for, and DNS where no address is fixed
/// @param certName what the certificate must say instead of the host name; or `sha256-raw:` and the
///     SHA-256 in hexadecimal of the one certificate expected
/// @param stunPort where STUN is answered, empty when it is not
/// @param stunOnly no DERP here
/// @param derpPort the TCP port of DERP over TLS
/// @param insecureForTests whoever answers is taken for the relay
/// @param stunTestIp where to send STUN instead, in tests
/// @param canPort80 answers probes for captive portals on port 80
public record DerpNode(
        String name,
        DerpRegionId region,
        String hostName,
        Optional<String> certName,
        DerpAddress ipv4,
        DerpAddress ipv6,
        OptionalInt stunPort,
        boolean stunOnly,
        int derpPort,
        boolean insecureForTests,
        Optional<IpAddress> stunTestIp,
        boolean canPort80) {
    public static final int DEFAULT_STUN_PORT = 3478;
    public static final int DEFAULT_DERP_PORT = 443;
}
