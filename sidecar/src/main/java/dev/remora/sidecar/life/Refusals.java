package dev.remora.sidecar.life;

import dev.remora.engine.netstack.Drop;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the log that peers got no answer because the node has too much to do: at once, and while it goes on how many there were, once a minute at most.
final class Refusals implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    static final long TELL_EVERY = Duration.ofMinutes(1).toNanos();

    private final int connections;
    private final Supplier<Map<Drop, Long>> drops;
    private final Thread thread = Thread.ofVirtual().name("refusals").unstarted(this::run);
    private long told;
    private long tellAt = Long.MIN_VALUE;

    Refusals(int connections, Supplier<Map<Drop, Long>> drops) {
        this.connections = connections;
        this.drops = drops;
    }

    /// @param connections at most
    /// @param drops how often what has happened since the start
    static Refusals start(int connections, Supplier<Map<Drop, Long>> drops) {
        Refusals refusals = new Refusals(connections, drops);
        refusals.thread.start();
        return refusals;
    }

    /// What there is to be said now, if anything.
    ///
    /// @param counts how often what has happened since the start
    /// @param now nanoseconds
    Optional<String> sentence(Map<Drop, Long> counts, long now) {
        long limit = counts.getOrDefault(Drop.CONNECTION_LIMIT, 0L);
        long memory = counts.getOrDefault(Drop.MEMORY, 0L);
        long fresh = limit + memory - told;
        if (fresh == 0 || now < tellAt) {
            return Optional.empty();
        }
        told = limit + memory;
        tellAt = now + TELL_EVERY;
        return Optional.of(
                "%d attempts of peers to connect got no answer: %s. They try again by themselves; %d since the start"
                        .formatted(fresh, why(limit, memory), told));
    }

    private String why(long limit, long memory) {
        String tooMany =
                "there are as many connections, or new ones a second, as one peer or all may have (%d for all)"
                        .formatted(connections);
        String noRoom = "the bytes of open streams take all memory that is meant for them";
        return memory == 0 ? tooMany : limit == 0 ? noRoom : tooMany + ", or " + noRoom;
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                sentence(drops.get(), System.nanoTime()).ifPresent(LOG::warn);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the daemon ends
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
