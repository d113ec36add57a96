package dev.remora.proto.control;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Json.Property;
import org.jspecify.annotations.Nullable;

/// Orders that hold for the moment.
///
/// @param sleepSeconds stop listening for so long
/// @param exit end the program with this code
@Json
public record DebugOrder(
        @Property("SleepSeconds") double sleepSeconds,
        @Property("DisableLogTail") boolean disableLogTail,
        @Property("Exit") @Nullable Long exit) {}
