package dev.remora.proto.ip;

/// Sizes of packets inside the tunnel.
public final class Mtu {
    /// The largest packet the tunnel carries; also the least that IPv6 asks of every link (RFC 8200 §5).
    public static final int TUNNEL = 1280;

    private Mtu() {}
}
