package dev.remora.server.netmap;

import dev.remora.proto.control.RawJson;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// What all polls share.
///
/// @param capabilities what every node may do
record MapContext(
        MapSource source,
        MapSettings settings,
        InstantSource clock,
        MapDns dns,
        Fragments fragments,
        Revisions revisions,
        MapCounts counts,
        Map<String, List<RawJson>> capabilities) {
    private static final String IS_ADMIN = "https://tailscale.com/cap/is-admin";
    private static final String FILE_SHARING = "https://tailscale.com/cap/file-sharing";
    private static final String AUTO_UPDATE = "default-auto-update";

    static MapContext of(MapSource source, MapSettings settings, InstantSource clock) {
        return new MapContext(
                source,
                settings,
                clock,
                new MapDns(settings),
                new Fragments(source, clock),
                new Revisions(),
                new MapCounts(),
                capabilities(settings));
    }

    private static Map<String, List<RawJson>> capabilities(MapSettings settings) {
        List<RawJson> no = List.of(new RawJson("false"));
        return settings.taildrop()
                ? Map.of(IS_ADMIN, List.of(), AUTO_UPDATE, no, FILE_SHARING, List.of())
                : Map.of(IS_ADMIN, List.of(), AUTO_UPDATE, no);
    }
}
