package dev.remora.engine;

/// What the user wants of packets, as far as the netmap leaves a choice.
///
/// @param acceptRoutes use the subnets that peers route
/// @param shieldsUp let nobody in
/// @param peerApiPortV4 where our PeerAPI listens on our IPv4 address, 0 for nowhere; the same for `peerApiPortV6`
public record NetworkPrefs(
        boolean acceptRoutes, boolean shieldsUp, int peerApiPortV4, int peerApiPortV6) {
    public static final NetworkPrefs DEFAULTS = new NetworkPrefs(false, false, 0, 0);
}
