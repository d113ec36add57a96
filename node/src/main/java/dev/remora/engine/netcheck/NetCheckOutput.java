package dev.remora.engine.netcheck;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.proto.stun.BindingRequest;

/// What a network check wants done, or has found out.
public sealed interface NetCheckOutput {
    /// Send the request, from the socket that carries WireGuard. If the system refuses, [NetCheck#onSendFailed].
    record SendStun(IpPort to, BindingRequest request) implements NetCheckOutput {}

    /// Look the name up in DNS; [NetCheck#onNames] takes what was found, or nothing.
    record ResolveName(String host) implements NetCheckOutput {}

    /// Time one HTTPS request to a relay of the region on a connection that stands already; [NetCheck#onHttpsLatency] or
    /// [NetCheck#onHttpsFailed].
    record MeasureHttps(DerpRegionId region) implements NetCheckOutput {}

    /// The run is over.
    record Done(NetReport report) implements NetCheckOutput {}

    /// What came in as STUN was not, or nobody waits for it.
    record Dropped(String reason) implements NetCheckOutput {}
}
