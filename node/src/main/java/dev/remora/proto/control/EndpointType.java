package dev.remora.proto.control;

/// How we know that we may be reachable at an address.
public enum EndpointType {
    UNKNOWN(0),
    /// An address of one of our interfaces.
    LOCAL(1),
    /// What a STUN server saw.
    STUN(2),
    /// Opened for us by the router.
    PORT_MAPPED(3),
    /// The address that STUN saw with our local port: a guess behind a NAT that maps by destination.
    STUN_LOCAL_PORT(4),
    /// Said by the user.
    EXPLICIT(5);

    private final int code;

    EndpointType(int code) {
        this.code = code;
    }

    /// The number on the wire.
    public int code() {
        return code;
    }
}
