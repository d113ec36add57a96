package dev.remora.lab.peers;

import java.nio.file.Path;
import java.util.List;

/// How a [Headscale] is set up.
///
/// @param embeddedRelay whether it runs its own DERP relay with STUN, region 999
/// @param gathers whether it gathers changes for half a second before it tells of them
/// @param derpMaps further relays: files as [Relay#derpMap] makes them
/// @param policy what is allowed at first, as HuJSON
public record HeadscaleOptions(
        boolean embeddedRelay, boolean gathers, List<Path> derpMaps, String policy) {
    /// Everything may reach everything.
    public static final String ALLOW_ALL =
            """
            {"tagOwners": {"tag:web": ["alice@"], "tag:db": ["alice@"]},
             "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}
            """;

    /// As it is delivered.
    public static HeadscaleOptions defaults() {
        return new HeadscaleOptions(true, true, List.of(), ALLOW_ALL);
    }

    /// The same that tells of changes at once: a join is two seconds shorter, for tests that are not about joining.
    public static HeadscaleOptions atOnce() {
        return new HeadscaleOptions(true, false, List.of(), ALLOW_ALL);
    }

    /// The same with this relay instead of the embedded one.
    ///
    /// @param others further ones of its region
    public HeadscaleOptions withRelay(Relay relay, Relay... others) {
        return new HeadscaleOptions(false, gathers, List.of(relay.derpMap(others)), policy);
    }

    /// The same with this relay besides the embedded one.
    public HeadscaleOptions withSecondRelay(Relay relay) {
        return new HeadscaleOptions(embeddedRelay, gathers, List.of(relay.derpMap()), policy);
    }

    public HeadscaleOptions withPolicy(String hujson) {
        return new HeadscaleOptions(embeddedRelay, gathers, derpMaps, hujson);
    }
}
