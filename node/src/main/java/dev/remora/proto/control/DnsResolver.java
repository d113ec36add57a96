package dev.remora.proto.control;

import dev.remora.base.IpAddress;
import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where to ask for names: an address with or without a port, or a URL.
@Json
public record DnsResolver(
        @Property("Addr") @Nullable String addr,
        @Property("BootstrapResolution") @Nullable List<IpAddress> bootstrapResolution,
        @Property("UseWithExitNode") boolean useWithExitNode) {}
