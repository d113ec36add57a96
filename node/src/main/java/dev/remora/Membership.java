package dev.remora;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.remora.base.MalformedException;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState;
import dev.remora.io.control.NodeIdentity;
import dev.remora.io.control.Reason;
import dev.remora.io.state.StateStore;
import dev.remora.node.NodeListener;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A library node's keys in its state, and whether it is a member yet.
final class Membership implements NodeListener {
    private static final String MACHINE_KEY = "_machinekey";
    private static final String NODE_KEY = "_nodekey";

    private final StateStore state;
    private final MachinePrivateKey machineKey;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private NodeIdentity identity;
    private boolean member;
    private Optional<Obstacle> obstacle = Optional.empty();

    /// Why we are no member yet.
    ///
    /// @param waitingHelps it may go away by itself, or by somebody else's doing
    private record Obstacle(String sentence, boolean waitingHelps) {}

    private Membership(StateStore state, MachinePrivateKey machineKey, NodeIdentity identity) {
        this.state = state;
        this.machineKey = machineKey;
        this.identity = identity;
    }

    static Membership load(StateStore state) throws IOException {
        try {
            Optional<byte[]> machine = state.read(MACHINE_KEY);
            MachinePrivateKey machineKey =
                    machine.isPresent()
                            ? MachinePrivateKey.parse(text(machine.get()))
                            : MachinePrivateKey.generate(new SecureRandom());
            if (machine.isEmpty()) {
                state.write(MACHINE_KEY, machineKey.text().getBytes(UTF_8));
            }
            Optional<byte[]> node = state.read(NODE_KEY);
            Optional<NodePrivateKey> nodeKey =
                    node.isPresent()
                            ? Optional.of(NodePrivateKey.parse(text(node.get())))
                            : Optional.empty();
            return new Membership(state, machineKey, new NodeIdentity(nodeKey, Optional.empty()));
        } catch (MalformedException e) {
            throw new IOException(
                    "the state in " + state.describe() + " holds a key that is none", e);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    MachinePrivateKey machineKey() {
        return machineKey;
    }

    NodeIdentity identity() {
        lock.lock();
        try {
            return identity;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onIdentity(NodeIdentity accepted) throws IOException {
        String key = accepted.nodeKey().map(NodePrivateKey::text).orElse("");
        state.write(NODE_KEY, key.getBytes(UTF_8));
        change(() -> identity = accepted);
    }

    @Override
    public void onNetMap(NetMap map) {
        change(() -> member = true);
    }

    @Override
    public void onControl(ControlState now) {
        change(() -> obstacle = obstacle(now));
    }

    private static Optional<Obstacle> obstacle(ControlState now) {
        return switch (now) {
            case ControlState.Failed failed ->
                    Optional.of(
                            new Obstacle(
                                    failed.sentence(),
                                    failed.reason().remedy() != Reason.Remedy.ANOTHER_KEY));
            case ControlState.NeedsLogin(_, var url) ->
                    Optional.of(
                            new Obstacle(
                                    url.map(page -> "a person has to admit this node at " + page)
                                            .orElse("a login is needed: give an auth key"),
                                    true));
            case ControlState.AwaitingApproval _ ->
                    Optional.of(new Obstacle("an administrator has to approve this node", true));
            case ControlState.Stopped _, ControlState.Connecting _, ControlState.Connected _ ->
                    Optional.empty();
        };
    }

    private void change(Runnable action) {
        lock.lock();
        try {
            action.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Nobody will become a member any more.
    void onClosed(String sentence) {
        change(() -> obstacle = Optional.of(new Obstacle(sentence, false)));
    }

    /// From now on it counts what control says next.
    void expect() {
        change(() -> {
            member = false;
            obstacle = Optional.empty();
        });
    }

    void awaitMember(Duration timeout) throws IOException {
        lock.lock();
        try {
            long left = NANOSECONDS.convert(timeout);
            while (!member) {
                if (left <= 0 || obstacle.filter(known -> !known.waitingHelps()).isPresent()) {
                    throw new IOException(
                            obstacle.map(Obstacle::sentence)
                                    .orElse(
                                            "the control server did not answer within "
                                                    + timeout.toSeconds()
                                                    + " seconds"));
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while joining the tailnet");
        } finally {
            lock.unlock();
        }
    }
}
