package dev.remora.server;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.proto.control.DerpNodeInfo;
import dev.remora.proto.control.DerpRegionInfo;
import java.util.List;
import java.util.OptionalInt;

/// Where clients find the relay that runs beside the control server.
///
/// @param host a DNS name or an address
/// @param trust what clients make of its certificate
/// @param stunPort empty: there is no STUN
record OwnRelay(String host, int port, Trust trust, OptionalInt stunPort) {
    /// Away from 1 to 99, which are Tailscale's own, and from 900 on by custom.
    static final int REGION = 999;

    private static final int NO_STUN = -1;

    /// Before the fingerprint of a certificate, where its name would be.
    static final String PIN = "sha256-raw:";

    /// How clients know a relay's certificate.
    sealed interface Trust {
        /// As that of any other server.
        record Verified() implements Trust {}

        /// By what a DERP map says of it, since nobody has signed it.
        record Pinned(String sha256) implements Trust {}

        /// Not at all.
        record Blind() implements Trust {}
    }

    /// The same relay for clients that know no fingerprints. Where the control server speaks TLS they find it there.
    /// Where it speaks plain HTTP they are told not to verify the relay: who can pose as it can as well pose as the control
    /// server, whose key came over the same wire. Either way a relay sees who talks to whom, when and how much, may drop it,
    /// and reads nothing: all that passes is sealed by WireGuard or as disco messages.
    OwnRelay withoutPin(ServerUrl server) {
        if (!(trust instanceof Trust.Pinned)) {
            return this;
        }
        return server.secure()
                ? new OwnRelay(server.host(), server.port(), new Trust.Verified(), stunPort)
                : new OwnRelay(host, port, new Trust.Blind(), stunPort);
    }

    DerpRegionInfo region() {
        DerpNodeInfo node =
                new DerpNodeInfo(
                        REGION + "a",
                        REGION,
                        host,
                        trust instanceof Trust.Pinned(String sha256) ? PIN + sha256 : null,
                        address(true),
                        address(false),
                        stunPort.orElse(NO_STUN),
                        false,
                        port,
                        trust instanceof Trust.Blind,
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
