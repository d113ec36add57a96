package dev.remora.server.tailnet;

import dev.remora.proto.control.DerpMapInfo;
import java.util.Map;

/// The DERP map as clients are told it, by what they understand of one.
///
/// @param current for clients that know a relay's certificate by its fingerprint
/// @param withoutPins for those that do not, who would look for a host called `sha256-raw:…` and reach no relay at all
public record RelayMaps(DerpMapInfo current, DerpMapInfo withoutPins) {
    /// The first capability version that knows fingerprints, of release 1.82.
    private static final long PINS_KNOWN = 115;

    private static final DerpMapInfo NO_RELAYS = new DerpMapInfo(null, Map.of(), true);

    static final RelayMaps EMPTY = same(NO_RELAYS);

    /// One map for everybody.
    public static RelayMaps same(DerpMapInfo map) {
        return new RelayMaps(map, map);
    }

    /// What a client of this capability version is told.
    public DerpMapInfo forVersion(long capabilityVersion) {
        return capabilityVersion < PINS_KNOWN ? withoutPins : current;
    }
}
