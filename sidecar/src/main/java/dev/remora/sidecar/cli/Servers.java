package dev.remora.sidecar.cli;

import java.util.List;

/// Control servers by their URLs.
final class Servers {
    /// Two names of the same one.
    private static final List<String> OFFICIAL =
            List.of(Settings.DEFAULT_SERVER, "https://login.tailscale.com");

    private Servers() {}

    static boolean same(String one, String other) {
        return one.equals(other) || OFFICIAL.contains(one) && OFFICIAL.contains(other);
    }
}
