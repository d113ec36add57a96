package dev.remora.server.control;

import dev.remora.base.IpAddress;
import dev.remora.server.http.Source;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The connections that have not yet shown to be a member's. When there are too many, of one source or altogether, one
/// makes room for who comes in: of those who ask for nothing the one that has been here longest, or, where all have asked
/// for something, that one. So a newcomer is heard, whoever holds the places, and a device that waits for its approval
/// stays. Safe for several threads; who makes room is told on the newcomer's.
final class Strangers {
    private final int most;
    private final int mostPerSource;
    private final Map<Source, SequencedSet<Place>> bySource = new HashMap<>();
    private int all;

    /// Who has a place.
    ///
    /// @param idle whether it asks for nothing at the moment
    /// @param makeRoom has it go
    record Guest(BooleanSupplier idle, Runnable makeRoom) {}

    /// Of one connection.
    final class Place {
        private final Source source;
        private @Nullable Guest guest;

        private Place(Source source) {
            this.source = source;
        }

        /// Whose it is from now on.
        void taken(Guest by) {
            synchronized (Strangers.this) {
                guest = by;
            }
        }

        /// The guest has gone, or is no stranger any more. Only the first time counts.
        void leave() {
            synchronized (Strangers.this) {
                SequencedSet<Place> same = bySource.get(source);
                if (same != null && same.remove(this)) {
                    all--;
                    if (same.isEmpty()) {
                        bySource.remove(source);
                    }
                }
            }
        }

        private boolean idle() {
            return guest != null && guest.idle().getAsBoolean();
        }
    }

    Strangers(int most, int mostPerSource) {
        this.most = most;
        this.mostPerSource = mostPerSource;
    }

    /// One more.
    ///
    /// @param whenFull told if another one has to go for it
    Place enter(IpAddress from, Runnable whenFull) {
        Source source = Source.of(from);
        Guest leaving;
        Place place = new Place(source);
        synchronized (this) {
            leaving = leaving(source);
            bySource.computeIfAbsent(source, it -> new LinkedHashSet<>()).add(place);
            all++;
        }
        if (leaving != null) {
            whenFull.run();
            leaving.makeRoom().run();
        }
        return place;
    }

    private @Nullable Guest leaving(Source newcomer) {
        SequencedSet<Place> same = bySource.get(newcomer);
        if (same != null && same.size() >= mostPerSource) {
            return out(same);
        }
        return all < most
                ? null
                : bySource.values().stream()
                        .max(Comparator.comparingInt(SequencedSet::size))
                        .map(this::out)
                        .orElse(null);
    }

    private @Nullable Guest out(SequencedSet<Place> places) {
        Place chosen = places.stream().filter(Place::idle).findFirst().orElseGet(places::getFirst);
        chosen.leave();
        return chosen.guest;
    }

    synchronized int count() {
        return all;
    }
}
