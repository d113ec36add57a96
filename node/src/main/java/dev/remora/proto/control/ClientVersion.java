package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// What the server thinks of our version.
@Json
public record ClientVersion(
        @Property("RunningLatest") boolean runningLatest,
        @Property("LatestVersion") @Nullable String latestVersion,
        @Property("UrgentSecurityUpdate") boolean urgentSecurityUpdate,
        @Property("Notify") boolean notifies,
        @Property("NotifyURL") @Nullable String notifyUrl,
        @Property("NotifyText") @Nullable String notifyText) {}
