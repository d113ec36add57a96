package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.MalformedException;
import dev.remora.engine.netmap.NetMap;
import dev.remora.proto.control.MapFrames;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.MapResponse;
import dev.remora.server.model.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A client without a network: folds what it is sent as a node of ours does.
class TestClient implements FrameSink {
    private static final long PATIENCE_SECONDS = 60;

    private final MapFrames frames;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final List<MapResponse> messages = new ArrayList<>();
    private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
    private final Semaphore room = new Semaphore(Integer.MAX_VALUE / 2);
    private @Nullable NetMap map;
    private boolean begun;
    private int pings;
    private int count;
    private @Nullable Runnable closed;

    TestClient(boolean zstd) {
        this.frames = new MapFrames(zstd, MapFrames.Limits.DEFAULT);
    }

    static MapRequest poll(Node node, boolean zstd) {
        return request(node, zstd, true, false, false);
    }

    static MapRequest lite(Node node) {
        return request(node, true, false, true, false);
    }

    static MapRequest look(Node node) {
        return request(node, true, false, false, true);
    }

    static MapRequest request(
            Node node, boolean zstd, boolean stream, boolean omitPeers, boolean readOnly) {
        return new MapRequest(
                142,
                zstd ? "zstd" : null,
                true,
                node.keys().node(),
                node.keys().disco(),
                stream,
                node.report().hostInfo(),
                null,
                null,
                null,
                omitPeers,
                null,
                readOnly);
    }

    /// Polls for this node on a thread of its own, until [#hangUp] or until the service ends it.
    static TestClient polling(MapService service, Node node) {
        return start(service, node, poll(node, true), new TestClient(true));
    }

    static TestClient start(MapService service, Node node, MapRequest request, TestClient client) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        service.answer(node.keys().machine(), request, client);
                        client.end(new EndOfBody());
                    } catch (Exception | AssertionError e) {
                        client.end(e);
                    }
                });
        return client;
    }

    /// The service had no more to say.
    static final class EndOfBody extends Exception {
        private static final long serialVersionUID = 1;
    }

    private void end(Throwable why) {
        signalling(() -> ended.complete(why));
    }

    @Override
    public void begin() {
        signalling(() -> begun = true);
    }

    @Override
    public void write(byte[] frame) throws IOException, InterruptedException {
        room.acquire();
        signalling(() -> {
            try {
                frames.add(ByteBuffer.wrap(frame));
                MapResponse message = frames.next().orElseThrow();
                assertThat(frames.isAtBorder()).isTrue();
                fold(message);
            } catch (MalformedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private void fold(MapResponse message) throws MalformedException {
        count++;
        messages.add(message);
        if (message.pingRequest() != null) {
            pings++;
            return;
        }
        map =
                map == null
                        ? NetMap.first(message, TestTailnet.NOW)
                        : map.apply(message, TestTailnet.NOW);
    }

    @Override
    public void whenClosed(Runnable notify) {
        signalling(() -> closed = notify);
    }

    /// The client resets its stream.
    void hangUp() {
        await(() -> closed != null);
        Optional.ofNullable(closed).orElseThrow().run();
    }

    /// Takes nothing more in.
    void stall() {
        room.drainPermits();
    }

    void goOn() {
        room.release(Integer.MAX_VALUE / 2);
    }

    /// The service's last word about the request.
    Throwable end() throws Exception {
        return ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    NetMap awaitMap(Predicate<NetMap> wanted) {
        await(() -> map != null && wanted.test(map));
        return map();
    }

    NetMap map() {
        lock.lock();
        try {
            return Optional.ofNullable(map).orElseThrow();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until so many pings have come: all that was noted before them has come, too.
    void awaitPings(int wanted) {
        await(() -> pings >= wanted);
    }

    void awaitMessages(int wanted) {
        await(() -> count >= wanted);
    }

    boolean begun() {
        return begun;
    }

    int count() {
        return count;
    }

    MapResponse message(int index) {
        awaitMessages(index + 1);
        lock.lock();
        try {
            return messages.get(index);
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier wanted) {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!wanted.getAsBoolean()) {
                if (left <= 0 || ended.isDone()) {
                    throw new AssertionError(
                            "not seen; ended: " + ended.getNow(null) + ", now: " + map);
                }
                left = more.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            lock.unlock();
        }
    }

    private void signalling(Runnable change) {
        lock.lock();
        try {
            change.run();
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
