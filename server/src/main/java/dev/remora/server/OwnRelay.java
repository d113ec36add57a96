package dev.remora.server;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.proto.control.DerpNodeInfo;
import dev.remora.proto.control.DerpRegionInfo;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Where clients find the relay that runs beside the control server.
///
/// @param host a DNS name or an address
/// @param pin what a DERP map says of a certificate that nobody signed; empty: it is verified as any other
/// @param stunPort empty: there is no STUN
record OwnRelay(String host, int port, Optional<String> pin, OptionalInt stunPort) {
    /// Away from 1 to 99, which are Tailscale's own, and from 900 on by custom.
    static final int REGION = 999;

    private static final int NO_STUN = -1;

    DerpRegionInfo region() {
        DerpNodeInfo node =
                new DerpNodeInfo(
                        REGION + "a",
                        REGION,
                        host,
                        pin.orElse(null),
                        address(true),
                        address(false),
                        stunPort.orElse(NO_STUN),
                        false,
                        port,
                        false,
                        null,
                        false);
        return new DerpRegionInfo(
                REGION,
                "own",
                "beside the control server",
                null,
                null,
                false,
                false,
                List.of(node));
    }

    /// A host that is an address has only that family.
    private String address(boolean v4) {
        try {
            return IpAddress.parse(host).v4() == v4 ? host : "none";
        } catch (MalformedException e) {
            return "";
        }
    }
}
