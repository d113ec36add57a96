package dev.remora.io.derp;

import dev.remora.engine.netmap.DerpRegionId;
import java.util.Optional;

/// How the connection to one region is doing. Points in time are nanoseconds since the node started.
///
/// @param home whether this is where peers reach us
/// @param since when the phase began
/// @param server the address we are or were connected to last
/// @param trouble why the last connection or attempt failed; kept until the next one succeeds
/// @param health what the relay itself says is wrong, empty when nothing is
/// @param nextTryAt when the next attempt starts; only while [Phase#WAITING], else [Long#MAX_VALUE]
public record RelayStatus(
        DerpRegionId region,
        boolean home,
        Phase phase,
        long since,
        Optional<String> server,
        Optional<String> trouble,
        String health,
        long nextTryAt) {
    public enum Phase {
        /// Not connected, and nobody needs it.
        IDLE,
        CONNECTING,
        CONNECTED,
        /// Between two attempts.
        WAITING
    }
}
