package dev.remora.server.control;

import java.time.Duration;

/// What the control server takes from whom. The defaults leave room for a few hundred nodes that come back behind one
/// address at once, as they do after a restart of the server or behind a proxy that is not trusted to name its clients.
///
/// @param program how commands to this server begin, for people who are told which to run
/// @param oldestVersion the lowest capability version that is served
/// @param handshakes from one address
/// @param registrations from one address
/// @param guesses wrong auth keys and unknown logins from one address
/// @param mostStrangers connections that have not yet shown to be a member's, altogether
/// @param strangersPerSource the same, from one address
/// @param requestWithin how long a request may take to arrive, and a stranger's connection to make one
/// @param stuckAfter how long a client may leave us waiting before it has taken [InnerAnswer#PIECE] bytes
/// @param idleAfter how long a member's connection may be there for nothing, as the official client's is after `tailscale down`
public record ControlSettings(
        String program,
        int oldestVersion,
        Rate handshakes,
        Rate registrations,
        Rate guesses,
        int mostStrangers,
        int strangersPerSource,
        Duration requestWithin,
        Duration stuckAfter,
        Duration idleAfter) {
    /// Client release 1.80.
    private static final int OLDEST_VERSION = 113;

    /// How often something may happen.
    ///
    /// @param perSecond in the long run
    /// @param burst at once
    public record Rate(double perSecond, int burst) {}

    public static ControlSettings standard() {
        return new ControlSettings(
                "remora server",
                OLDEST_VERSION,
                new Rate(50, 1000),
                new Rate(20, 1000),
                new Rate(0.2, 20),
                4000,
                1000,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5));
    }

    public ControlSettings withProgram(String next) {
        return new ControlSettings(
                next,
                oldestVersion,
                handshakes,
                registrations,
                guesses,
                mostStrangers,
                strangersPerSource,
                requestWithin,
                stuckAfter,
                idleAfter);
    }

    public ControlSettings withTimes(Duration request, Duration stuck) {
        return new ControlSettings(
                program,
                oldestVersion,
                handshakes,
                registrations,
                guesses,
                mostStrangers,
                strangersPerSource,
                request,
                stuck,
                idleAfter);
    }

    public ControlSettings withRates(Rate handshake, Rate registration, Rate guess) {
        return new ControlSettings(
                program,
                oldestVersion,
                handshake,
                registration,
                guess,
                mostStrangers,
                strangersPerSource,
                requestWithin,
                stuckAfter,
                idleAfter);
    }

    public ControlSettings withStrangers(int most, int perSource) {
        return new ControlSettings(
                program,
                oldestVersion,
                handshakes,
                registrations,
                guesses,
                most,
                perSource,
                requestWithin,
                stuckAfter,
                idleAfter);
    }

    public ControlSettings withIdleAfter(Duration idle) {
        return new ControlSettings(
                program,
                oldestVersion,
                handshakes,
                registrations,
                guesses,
                mostStrangers,
                strangersPerSource,
                requestWithin,
                stuckAfter,
                idle);
    }
}
