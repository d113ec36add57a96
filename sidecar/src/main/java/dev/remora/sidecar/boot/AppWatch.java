package dev.remora.sidecar.boot;

import dev.remora.sidecar.serve.AppAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whether the app is there: the one beside us, at the loopback address. Says once what is probably wrong when it does not come, and knows when it came and went for good.
final class AppWatch {
    private static final Duration LATE_AFTER = Duration.ofSeconds(15);

    /// A restart within this time is none of an app's end.
    private static final Duration GONE_AFTER = Duration.ofSeconds(10);

    private final Set<Integer> ownPorts;
    private boolean came;
    private boolean told;
    private Optional<Instant> someMissingSince = Optional.empty();
    private Optional<Instant> allMissingSince = Optional.empty();

    /// @param ownPorts those that this program listens on itself
    AppWatch(Set<Integer> ownPorts) {
        this.ownPorts = Set.copyOf(ownPorts);
    }

    /// Called again and again.
    ///
    /// @param apps what is behind the served ports
    /// @return what is wrong, once
    Optional<String> look(Collection<AppAddress> apps, Listeners listeners, Instant now) {
        List<AppAddress> here = apps.stream().filter(AppWatch::isHere).distinct().toList();
        List<AppAddress> missing = here.stream().filter(app -> !takes(listeners, app)).toList();
        boolean isAnyThere = missing.size() < here.size();
        came |= isAnyThere;
        allMissingSince = since(!isAnyThere, allMissingSince, now);
        someMissingSince = since(!missing.isEmpty(), someMissingSince, now);
        told &= !missing.isEmpty();
        if (told || !isOver(someMissingSince, LATE_AFTER, now)) {
            return Optional.empty();
        }
        told = true;
        return Optional.of(sentence(missing.getFirst(), listeners));
    }

    /// The app was there, and is not any more.
    boolean isGone(Instant now) {
        return came && isOver(allMissingSince, GONE_AFTER, now);
    }

    private static Optional<Instant> since(boolean holds, Optional<Instant> before, Instant now) {
        return holds ? before.or(() -> Optional.of(now)) : Optional.empty();
    }

    private static boolean isOver(Optional<Instant> since, Duration span, Instant now) {
        return since.filter(at -> !now.isBefore(at.plus(span))).isPresent();
    }

    private static boolean isHere(AppAddress app) {
        return app.host().equalsIgnoreCase("localhost")
                || app.host().startsWith("127.")
                || app.host().equals("::1");
    }

    private static boolean takes(Listeners listeners, AppAddress app) {
        try {
            return listeners.take(app);
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private String sentence(AppAddress app, Listeners listeners) {
        String start = "Nothing takes connections at " + app;
        List<InetAddress> elsewhere = listeners.on(app.port());
        if (!elsewhere.isEmpty()) {
            return start
                    + ", but at "
                    + elsewhere.getFirst().getHostAddress()
                    + " port "
                    + app.port()
                    + ": let the app listen on 0.0.0.0, or publish that address.";
        }
        String others = listeners.portsBut(ownPorts);
        return others.isEmpty()
                ? start
                        + ", and nothing else listens here: has the app started, and does it share this container's network?"
                : start + "; what listens here has port " + others + ".";
    }
}
