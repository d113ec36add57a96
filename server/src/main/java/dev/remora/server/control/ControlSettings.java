package dev.remora.server.control;

import java.time.Duration;

/// What the control server takes from whom. The defaults leave room for a few hundred nodes that come back behind one
/// address at once, as they do after a restart of the server or behind a proxy that is not trusted to name its clients.
///
/// @param program how commands to this server begin, for people who are told which to run
/// @param oldestVersion the lowest capability version that is served
public record ControlSettings(
        String program, int oldestVersion, Rates rates, Places places, Waits waits) {
    /// Client release 1.80.
    private static final int OLDEST_VERSION = 113;

    /// How often something may happen.
    ///
    /// @param perSecond in the long run
    /// @param burst at once
    public record Rate(double perSecond, int burst) {}

    /// What one address may do how often.
    ///
    /// @param guesses wrong auth keys and unknown logins
    public record Rates(Rate handshakes, Rate registrations, Rate guesses) {}

    /// How many connections there are for strangers: those who have not yet shown to be members.
    ///
    /// @param most altogether
    /// @param perSource from one address
    public record Places(int most, int perSource) {}

    /// How long we wait for somebody.
    ///
    /// @param request for a whole request, and for a stranger's connection to make one
    /// @param stuck for a client to take [InnerAnswer#PIECE] bytes
    /// @param idle for a member's connection to be of use again, as the official client's is not after `tailscale down`
    public record Waits(Duration request, Duration stuck, Duration idle) {}

    public static ControlSettings standard() {
        return new ControlSettings(
                "remora server",
                OLDEST_VERSION,
                new Rates(new Rate(50, 1000), new Rate(20, 1000), new Rate(0.2, 20)),
                new Places(4000, 1000),
                new Waits(Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofMinutes(5)));
    }

    public ControlSettings withProgram(String next) {
        return new ControlSettings(next, oldestVersion, rates, places, waits);
    }

    public ControlSettings withRates(Rates next) {
        return new ControlSettings(program, oldestVersion, next, places, waits);
    }

    public ControlSettings withPlaces(Places next) {
        return new ControlSettings(program, oldestVersion, rates, next, waits);
    }

    public ControlSettings withWaits(Waits next) {
        return new ControlSettings(program, oldestVersion, rates, places, next);
    }
}
