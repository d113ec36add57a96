package dev.remora.proto.control;

import dev.remora.base.IpAddress;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Names and resolvers of the tailnet.
///
/// @param resolvers for everything, in order
/// @param routes resolvers by suffix; without any for a suffix, we answer ourselves
/// @param fallbackResolvers where split DNS needs a default
/// @param domains search domains, without a final dot
/// @param proxied MagicDNS is on
/// @param certDomains names for which certificates can be had
/// @param extraRecords records beside those of the nodes
@Json
public record DnsConfig(
        @Property("Resolvers") @Nullable List<DnsResolver> resolvers,
        @Property("Routes") @Nullable Map<String, @Nullable List<DnsResolver>> routes,
        @Property("FallbackResolvers") @Nullable List<DnsResolver> fallbackResolvers,
        @Property("Domains") @Nullable List<String> domains,
        @Property("Proxied") boolean proxied,
        @Property("Nameservers") @Nullable List<IpAddress> nameservers,
        @Property("CertDomains") @Nullable List<String> certDomains,
        @Property("ExtraRecords") @Nullable List<DnsRecord> extraRecords,
        @Property("ExitNodeFilteredSet") @Nullable List<String> exitNodeFilteredSet) {
    public static final DnsConfig NONE =
            new DnsConfig(null, null, null, null, false, null, null, null, null);
}
