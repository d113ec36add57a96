package dev.remora.io.control;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the listener, and once the log, how things stand. A failure that comes back before we were
/// connected is told again with the time of the next try, but not logged again.
final class StateReport {
    private static final Logger LOG = LoggerFactory.getLogger(ControlSession.class);

    /// A server may word its refusals anew each time.
    private static final int MOST_REMEMBERED = 32;

    private final ControlListener listener;
    private final InstantSource clock;
    private ControlState state = new ControlState.Stopped();
    private Optional<Instant> lagsSince = Optional.empty();
    private final Set<String> logged = new HashSet<>();

    StateReport(ControlListener listener, InstantSource clock) {
        this.listener = listener;
        this.clock = clock;
    }

    /// Somebody asks for a login: [ControlState.Connecting] is the first that is told of it, whatever came of the last one.
    synchronized void onLogin() {
        state = new ControlState.Stopped();
    }

    synchronized void become(ControlState now) {
        if (isNoNews(now) || mayHaveBeenReadLate(now)) {
            return;
        }
        ControlState before = state;
        state = now;
        log(now, before);
        listener.onState(now);
    }

    /// What two clocks say differs by another millisecond each time.
    private boolean isNoNews(ControlState now) {
        if (now instanceof ControlState.Connected(var skew)
                && state instanceof ControlState.Connected(var before)
                && skew.isPresent()
                && before.isPresent()) {
            return skew.get().minus(before.get()).abs().compareTo(ANOTHER_SKEW) < 0;
        }
        return now.equals(state);
    }

    private static final Duration ANOTHER_SKEW = Duration.ofMinutes(1);

    /// A process that was stopped for a while, such as a container that was paused, reads what the server said in the meantime, and all of it at once: the server's clock
    /// seems to lag. It does if it still does in what the server says later.
    private boolean mayHaveBeenReadLate(ControlState now) {
        boolean lags =
                now instanceof ControlState.Connected(var skew)
                        && state instanceof ControlState.Connected(var before)
                        && skew.isPresent()
                        && before.orElse(Duration.ZERO).minus(skew.get()).compareTo(ANOTHER_SKEW)
                                >= 0;
        Instant at = clock.instant();
        lagsSince = lags ? lagsSince.or(() -> Optional.of(at)) : Optional.empty();
        return lagsSince.filter(since -> at.isBefore(since.plus(READ_AT_ONCE))).isPresent();
    }

    private static final Duration READ_AT_ONCE = Duration.ofSeconds(5);

    /// Nothing is wanted any more. Who logged out stays logged out.
    synchronized void stopped() {
        boolean loggedOut =
                state instanceof ControlState.NeedsLogin(var why, var url)
                        && why == ControlState.NeedsLogin.Why.LOGGED_OUT;
        if (!loggedOut) {
            become(new ControlState.Stopped());
        }
    }

    /// @param pause until the next try; empty if there will be none
    void failed(ControlException failure, Optional<Duration> pause) {
        Optional<Instant> next = pause.map(clock.instant()::plus);
        become(new ControlState.Failed(failure.reason(), failure.sentence(), next));
    }

    private void log(ControlState now, ControlState before) {
        switch (now) {
            case ControlState.Connected(var skew) -> {
                logged.clear();
                if (before instanceof ControlState.Connected) {
                    LOG.info("this machine's clock was set");
                } else {
                    LOG.info("connected to the control server");
                }
                skew.ifPresent(StateReport::logClock);
            }
            case ControlState.NeedsLogin(var why, var url) ->
                    LOG.info("login needed{}", url.map(u -> ": go to " + u).orElse(""));
            case ControlState.AwaitingApproval waiting ->
                    LOG.info("an administrator must admit this device to the tailnet");
            case ControlState.Failed(var reason, var sentence, var next) -> {
                if (isNews(reason, sentence)) {
                    LOG.warn(
                            "{} [{}] {}",
                            sentence,
                            reason.code(),
                            next.map(at -> "Next try at " + at.truncatedTo(ChronoUnit.SECONDS))
                                    .orElse("Waiting for a new login."));
                }
            }
            case ControlState.Stopped stopped -> LOG.debug("disconnected on request");
            case ControlState.Connecting connecting -> LOG.debug("connecting");
        }
    }

    private static void logClock(Duration serverAhead) {
        String difference = serverAhead.abs().truncatedTo(ChronoUnit.SECONDS).toString();
        LOG.warn(
                "this machine's clock is {} {} the control server's: set it",
                difference.substring("PT".length()).toLowerCase(Locale.ROOT),
                serverAhead.isNegative() ? "ahead of" : "behind");
    }

    /// Times and counts in a sentence do not make it another one.
    private boolean isNews(Reason reason, String sentence) {
        if (logged.size() >= MOST_REMEMBERED) {
            logged.clear();
        }
        return logged.add(reason.code() + sentence.replaceAll("\\d+", "#"));
    }
}
