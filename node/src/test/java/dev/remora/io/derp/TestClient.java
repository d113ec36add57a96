package dev.remora.io.derp;

import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.DerpMap;
import dev.remora.engine.netmap.DerpRegionId;
import dev.remora.io.loop.EngineLoop;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.TlsTrust;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// A node's relay connections on a loop of their own, and what they were told, as lines of text.
final class TestClient implements AutoCloseable {
    private static final long WAIT_SECONDS = 20;

    private final EngineLoop loop = EngineLoop.start("relay-test");
    private final ExecutorService slow = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final NodePrivateKey key;
    private final DerpRelays relays;

    TestClient(long seed, String authorities) throws Exception {
        this(seed, authorities, HttpProxies.NONE);
    }

    TestClient(long seed, String authorities, HttpProxies proxies) throws Exception {
        Random random = new Random(seed);
        key = NodePrivateKey.generate(random);
        TlsTrust trust =
                TlsTrust.of(
                        Optional.of(RealDerper.TLS.resolve(authorities).toString()),
                        Optional.of("/no/such/directory"));
        long start = System.nanoTime();
        relays =
                call(() ->
                        new DerpRelays(
                                loop,
                                key,
                                trust,
                                proxies,
                                slow,
                                random,
                                () -> System.nanoTime() - start,
                                new Recorder()));
    }

    /// Connects to a home.
    static TestClient atHome(long seed, DerpMap map) throws Exception {
        TestClient client = new TestClient(seed, "ca.pem");
        client.tell(relays -> relays.onDerpMap(map));
        client.tell(relays -> relays.setHome(RealDerper.REGION));
        client.expect("connected");
        return client;
    }

    NodeKey key() {
        return key.publicKey();
    }

    void tell(Consumer<DerpRelays> what) throws Exception {
        ask(relays -> {
            what.accept(relays);
            return true;
        });
    }

    <T> T ask(Function<DerpRelays, T> what) throws Exception {
        return call(() -> what.apply(relays));
    }

    private <T> T call(Callable<T> what) throws Exception {
        return loop.netty().submit(what).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    boolean send(TestClient to, String text) throws Exception {
        return send(to.key(), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    boolean send(NodeKey to, ByteBuffer packet) throws Exception {
        return ask(relays -> relays.send(RealDerper.REGION, to, packet));
    }

    List<RelayStatus> status() throws Exception {
        return ask(DerpRelays::status);
    }

    Optional<DerpRegionId> heardThrough(NodeKey peer) throws Exception {
        return ask(relays -> relays.heardThrough(peer));
    }

    long dropped(DropReason reason) throws Exception {
        return ask(relays -> relays.dropped(reason));
    }

    HttpsLatency measureHttps() throws Exception {
        CompletableFuture<HttpsLatency> measured = new CompletableFuture<>();
        tell(relays -> relays.measureHttps(RealDerper.REGION, measured::complete));
        return measured.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /// Waits for the next event that begins so; others before it are passed over.
    String expect(String beginning) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        String last = "nothing";
        while (true) {
            String event = events.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                throw new AssertionError("no \"" + beginning + "\" but last " + last);
            }
            if (event.startsWith(beginning)) {
                return event;
            }
            last = event;
        }
    }

    @Override
    public void close() throws Exception {
        tell(DerpRelays::close);
        loop.closeAndWait();
        slow.shutdownNow();
    }

    private final class Recorder implements RelayListener {
        @Override
        public void onPacket(DerpRegionId region, NodeKey from, ByteBuffer packet) {
            String text = StandardCharsets.UTF_8.decode(packet).toString();
            events.add("packet " + from + " " + (packet.isDirect() ? "" : "not direct ") + text);
        }

        @Override
        public void onHeard(DerpRegionId region) {
            events.add("heard " + region);
        }

        @Override
        public void onPeerGone(DerpRegionId region, NodeKey peer, int reason) {
            events.add("gone " + peer + " " + reason);
        }

        @Override
        public void onConnected(DerpRegionId region) {
            events.add("connected " + region);
        }

        @Override
        public void onDisconnected(DerpRegionId region, String why, long nextTryAt) {
            events.add("disconnected " + (nextTryAt == Long.MAX_VALUE ? "for now " : "") + why);
        }

        @Override
        public void onHealth(DerpRegionId region, String problem) {
            events.add("health " + problem);
        }
    }
}
