package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// One relay server.
///
/// @param ipv4 instead of DNS; what is no address switches the family off
/// @param stunPort 0 is 3478, negative is none
/// @param derpPort 0 is 443
@Json
public record DerpNodeInfo(
        @Property("Name") @Nullable String name,
        @Property("RegionID") long regionId,
        @Property("HostName") @Nullable String hostName,
        @Property("CertName") @Nullable String certName,
        @Property("IPv4") @Nullable String ipv4,
        @Property("IPv6") @Nullable String ipv6,
        @Property("STUNPort") long stunPort,
        @Property("STUNOnly") boolean stunOnly,
        @Property("DERPPort") long derpPort,
        @Property("InsecureForTests") boolean insecureForTests,
        @Property("STUNTestIP") @Nullable String stunTestIp,
        @Property("CanPort80") boolean canPort80) {}
