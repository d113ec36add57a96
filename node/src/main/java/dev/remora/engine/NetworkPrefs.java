package dev.remora.engine;

/// What the user wants of packets, as far as the netmap leaves a choice.
///
/// @param acceptRoutes use the subnets that peers route
/// @param shieldsUp let nobody in
public record NetworkPrefs(boolean acceptRoutes, boolean shieldsUp) {
    public static final NetworkPrefs DEFAULTS = new NetworkPrefs(false, false);
}
