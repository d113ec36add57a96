package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who may open what. Without destinations and grants it says nothing.
///
/// @param srcIps addresses, prefixes, `a-b` ranges, `*`, or `cap:` and a node capability
/// @param srcBits of the distant past; its presence empties the whole filter
/// @param dstPorts where to
/// @param ipProto absent or empty: TCP, UDP and ICMP; numbers outside 0 to 255 do not count
/// @param capGrant capabilities for the sources; they open nothing
@Json
public record FilterRule(
        @Property("SrcIPs") @Nullable List<String> srcIps,
        @Property("SrcBits") @Nullable List<Long> srcBits,
        @Property("DstPorts") @Nullable List<NetPortRange> dstPorts,
        @Property("IPProto") @Nullable List<Long> ipProto,
        @Property("CapGrant") @Nullable List<CapGrant> capGrant) {}
