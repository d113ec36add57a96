package dev.remora.engine.netcheck;

import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegionId;
import java.util.Optional;

/// What a run of [NetCheck] is about.
///
/// @param home the region that is our home now
/// @param full measure every region, though the last time was not long ago
public record NetCheckRequest(
        DerpMap map, Optional<DerpRegionId> home, HostNetwork host, boolean full) {}
