package dev.remora.io.control;

import dev.remora.engine.netmap.NetMap;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Remembers what a session said, and waits for more.
final class RecordingListener implements ControlListener {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<ControlState> states = new ArrayList<>();
    private Optional<NetMap> map = Optional.empty();
    private NodeIdentity identity = NodeIdentity.NONE;
    private int failures;
    private int mistakes;
    private boolean held;
    private boolean waiting;

    @Override
    public synchronized void onState(ControlState state) {
        states.add(state);
        notifyAll();
    }

    @Override
    public synchronized void onNetMap(NetMap map) {
        waitWhileHeld();
        if (mistakes-- > 0) {
            throw new IllegalStateException("a mistake of ours, for this test");
        }
        this.map = Optional.of(map);
        notifyAll();
    }

    @Override
    public synchronized void onIdentity(NodeIdentity identity) throws IOException {
        if (failures-- > 0) {
            throw new IOException("disk full");
        }
        this.identity = identity;
        notifyAll();
    }

    /// The disk is full for so many times.
    synchronized void failToSave(int times) {
        failures = times;
    }

    /// So many maps are too much for us.
    synchronized void failOnMaps(int times) {
        mistakes = times;
    }

    /// From here on a session that brings a map waits until it is let go.
    synchronized void holdMaps() {
        held = true;
    }

    synchronized void letGo() {
        held = false;
        notifyAll();
    }

    synchronized void awaitHeld() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!waiting) {
            waitUntil(deadline, "a map to hold");
        }
    }

    /// As one that is slow to take a map does, it does not hear that something else is wanted.
    private void waitWhileHeld() {
        boolean interrupted = false;
        while (held) {
            waiting = true;
            notifyAll();
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized NodeIdentity identity() {
        return identity;
    }

    synchronized List<ControlState> states() {
        return List.copyOf(states);
    }

    /// The first state of this type there was, however short it lasted.
    <S extends ControlState> S awaitSeen(Class<S> type) throws InterruptedException {
        return awaitSeen(type, state -> true);
    }

    synchronized <S extends ControlState> S awaitSeen(Class<S> type, Predicate<S> test)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Optional<S> seen =
                    states.stream()
                            .filter(type::isInstance)
                            .map(type::cast)
                            .filter(test)
                            .findFirst();
            if (seen.isPresent()) {
                return seen.get();
            }
            waitUntil(deadline, "a state " + type.getSimpleName());
        }
    }

    /// The newest state, once it is of this type.
    <S extends ControlState> S awaitState(Class<S> type) throws InterruptedException {
        return awaitState(type, state -> true);
    }

    synchronized <S extends ControlState> S awaitState(Class<S> type, Predicate<S> test)
            throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            if (!states.isEmpty()
                    && type.isInstance(states.getLast())
                    && test.test(type.cast(states.getLast()))) {
                return type.cast(states.getLast());
            }
            waitUntil(deadline, "a state " + type.getSimpleName());
        }
    }

    synchronized NetMap awaitMap(Predicate<NetMap> test) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (map.filter(test).isEmpty()) {
            waitUntil(deadline, "a map");
        }
        return map.get();
    }

    private void waitUntil(long deadline, String what) throws InterruptedException {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
            throw new AssertionError(
                    "waited in vain for "
                            + what
                            + ", saw "
                            + states
                            + " and "
                            + map.map(NetMap::self));
        }
        wait(left);
    }
}
