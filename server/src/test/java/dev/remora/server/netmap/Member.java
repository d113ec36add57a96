package dev.remora.server.netmap;

import dev.remora.base.MalformedException;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.MapFrames;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.NodeInfo;
import dev.remora.proto.control.PeerChange;
import dev.remora.server.model.Node;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One of many clients: keeps only who is there and where each one's relay is.
final class Member implements FrameSink {
    private static final long PATIENCE_SECONDS = 120;

    private final MapFrames frames = new MapFrames(true, MapFrames.Limits.DEFAULT);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Map<Long, Long> peers = new HashMap<>();
    private List<FilterRule> filter = List.of();
    private boolean reads = true;
    private boolean pinged;
    private boolean ended;
    private @Nullable Runnable closed;

    static Member polling(MapService service, Node node) {
        Member member = new Member();
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        service.answer(node.keys().machine(), TestClient.poll(node, true), member);
                        member.locked(() -> member.ended = true);
                    } catch (Exception e) {
                        throw new AssertionError(e); // and whoever waits for the end waits in vain
                    }
                });
        return member;
    }

    @Override
    public void begin() {}

    @Override
    public void write(byte[] frame) {
        locked(() -> {
            if (reads) {
                fold(frame);
            } else {
                pinged |= new String(frame, StandardCharsets.UTF_8).contains("PingRequest");
            }
        });
    }

    private void fold(byte[] frame) {
        MapResponse message;
        try {
            frames.add(ByteBuffer.wrap(frame));
            message = frames.next().orElseThrow();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
        list(message.peers()).forEach(this::put);
        list(message.peersChanged()).forEach(this::put);
        list(message.peersRemoved()).forEach(peers::remove);
        for (PeerChange patch : list(message.peersChangedPatch())) {
            if (patch.derpRegion() != null) {
                peers.put(patch.nodeId(), patch.derpRegion());
            }
        }
        if (message.packetFilters() != null) {
            filter = Objects.requireNonNullElse(message.packetFilters().get("base"), List.of());
        }
    }

    private void put(NodeInfo node) {
        peers.put(node.id(), node.homeDerp());
    }

    private static <T> List<T> list(@Nullable List<T> values) {
        return values == null ? List.of() : values;
    }

    @Override
    public void whenClosed(Runnable notify) {
        locked(() -> closed = notify);
    }

    void hangUp() {
        Objects.requireNonNull(closed).run();
    }

    /// Whether it looks at what comes, or only for a ping.
    void reads(boolean now) {
        locked(() -> reads = now);
    }

    Map<Long, Long> peers() {
        return peers;
    }

    List<FilterRule> filter() {
        return filter;
    }

    boolean isPinged() {
        return pinged;
    }

    boolean hasEnded() {
        return ended;
    }

    void await(BooleanSupplier wanted) {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!wanted.getAsBoolean()) {
                if (left <= 0) {
                    throw new AssertionError("not seen with " + peers.size() + " peers");
                }
                left = more.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
