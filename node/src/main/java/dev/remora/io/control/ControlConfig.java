package dev.remora.io.control;

import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import java.time.Duration;

/// What a session needs to know once and for all.
///
/// @param machineKey who this installation is; the same for all sessions with all servers
/// @param proxies who stands between us and the server
/// @param capabilityVersion the protocol level to announce
/// @param timing how long to wait for what
public record ControlConfig(
        ControlUrl url,
        MachinePrivateKey machineKey,
        TlsTrust trust,
        HttpProxies proxies,
        Aead aead,
        int capabilityVersion,
        Timing timing) {
    /// The highest level all of whose demands on the wire we meet, and below 120, from where on peers
    /// expect to be relayed to by other nodes. headscale 0.29 wants 113 at least.
    public static final int CAPABILITY_VERSION = 119;

    /// @param dial for all tries of one connection together
    /// @param request how long a server may be silent on a short request
    /// @param followUp how long to wait for a person before asking the server again
    /// @param probe how long the map stream may be silent before we ask whether we still exist
    /// @param watchdog how long the map stream may be silent before it is given up
    /// @param firstRetry the pause after a first failure of a connection; grows with the square
    /// @param longestRetry the longest such pause
    /// @param refusedRetry the pause after a first refusal, as of an auth key; doubles each time
    /// @param longestRefusedRetry the longest such pause
    public record Timing(
            Duration dial,
            Duration request,
            Duration followUp,
            Duration probe,
            Duration watchdog,
            Duration firstRetry,
            Duration longestRetry,
            Duration refusedRetry,
            Duration longestRefusedRetry) {
        public static final Timing DEFAULT =
                new Timing(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(3),
                        Duration.ofSeconds(70),
                        Duration.ofSeconds(120),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(10));
    }
}
