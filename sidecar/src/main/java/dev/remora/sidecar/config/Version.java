package dev.remora.sidecar.config;

/// Which program this is.
public final class Version {
    /// How daemon, commands and the control server's list of machines name it.
    public static final String TEXT = "0.1.0";

    /// The level of the local API: what we speak is what `tailscale` 1.102 speaks.
    public static final int LOCAL_API_LEVEL = 142;

    private Version() {}
}
