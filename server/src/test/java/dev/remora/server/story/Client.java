package dev.remora.server.story;

import dev.remora.server.netmap.FrameSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What one stream of map messages adds up to, member by member as it was written: what a client knows.
public final class Client implements FrameSink {
    private static final long PATIENCE_SECONDS = 60;

    private final Map<String, Object> state = new TreeMap<>();
    private final Map<String, Object> peers = new TreeMap<>();
    private final Semaphore pings = new Semaphore(0);
    private final CompletableFuture<Runnable> hangUp = new CompletableFuture<>();
    private final CompletableFuture<Map<String, Object>> first = new CompletableFuture<>();
    private int frames;
    private boolean begun;

    @Override
    public synchronized void begin() {
        begun = true;
    }

    @Override
    public void write(byte[] frame) {
        ByteBuffer head = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        if (head.getInt() != frame.length - 4) {
            throw new AssertionError("a frame of another length than it says");
        }
        fold(Json.members(Json.parse(Arrays.copyOfRange(frame, 4, frame.length))));
    }

    @Override
    public void whenClosed(Runnable notify) {
        hangUp.complete(notify);
    }

    /// The client resets its stream.
    void hangUp() throws Exception {
        hangUp.get(PATIENCE_SECONDS, TimeUnit.SECONDS).run();
    }

    /// The first message.
    Map<String, Object> first() throws Exception {
        return first.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /// Waits until a ping has come, and with it all that was to be told before.
    void awaitPing() throws InterruptedException {
        if (!pings.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no ping came; known: " + known());
        }
    }

    /// Whether there is an answer, and it has no body.
    synchronized boolean wasOnlyAcknowledged() {
        return begun && frames == 0;
    }

    /// Takes a message in as clients do.
    public synchronized void fold(Map<String, Object> message) {
        if (message.containsKey("PingRequest")) {
            pings.release();
            return;
        }
        frames++;
        if (!Json.items(message, "Peers").isEmpty()) {
            peers.clear(); // a whole list
        }
        message.forEach((name, value) -> {
            switch (name) {
                case "Peers", "PeersChanged" ->
                        Json.items(message, name).forEach(peer -> peers.put(id(peer, "ID"), peer));
                case "PeersRemoved" -> Json.items(message, name).forEach(peers::remove);
                case "UserProfiles" ->
                        Json.items(message, name)
                                .forEach(user -> part(name).put(id(user, "ID"), user));
                case "PacketFilters" -> part(name).putAll(Json.members(value));
                case "PacketFilter" -> part("PacketFilters").put("base", value);
                case "PeersChangedPatch" -> {} // last, below
                default -> state.put(name, value);
            }
        });
        Json.items(message, "PeersChangedPatch").forEach(this::patch);
        first.complete(message);
    }

    private static String id(Object object, String name) {
        return String.valueOf(Json.members(object).get(name));
    }

    private Map<String, Object> part(String name) {
        return Json.members(state.computeIfAbsent(name, absent -> new TreeMap<String, Object>()));
    }

    private void patch(Object patch) {
        @Nullable Object known = peers.get(id(patch, "NodeID"));
        if (known == null) {
            return;
        }
        Map<String, Object> peer = new LinkedHashMap<>(Json.members(known));
        Json.members(patch)
                .forEach((name, value) -> {
                    if (!name.equals("NodeID")) {
                        peer.put(name.equals("DERPRegion") ? "HomeDERP" : name, value);
                    }
                });
        peers.put(id(patch, "NodeID"), peer);
    }

    /// All that has been told.
    public synchronized Map<String, Object> known() {
        Map<String, Object> all = new TreeMap<>(state);
        all.put("Peers", new TreeMap<>(peers));
        return all;
    }

    Optional<Map<String, Object>> knownIfAny() {
        return first.isDone() ? Optional.of(known()) : Optional.empty();
    }
}
