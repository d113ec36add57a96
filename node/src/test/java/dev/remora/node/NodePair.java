package dev.remora.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.Engine;
import dev.remora.engine.EngineOutput;
import dev.remora.engine.PingResult;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netstack.NetStackConfig;
import dev.remora.engine.path.LocalSockets;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import dev.remora.testing.Packets;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Two engines with their drivers and streams on one Netty loop of virtual time, joined by a wire that a test may cut. No sockets, no control.
final class NodePair {
    private static final int PORT = 41641;
    private static final long DELAY = MILLISECONDS.toNanos(1);
    private static final String FILTER =
            "{\"SrcIPs\":[\"*\"],\"DstPorts\":[{\"IP\":\"*\",\"Ports\":{\"First\":0,\"Last\":65535}}]}";

    private final EmbeddedChannel clockwork = new EmbeddedChannel();
    private final Random random = new Random(1);
    private long now;
    private boolean cut;
    final Side client;
    final Side server;

    NodePair() {
        this(NetStackConfig.defaults());
    }

    NodePair(NetStackConfig config) {
        clockwork.freezeTime();
        client = new Side(1, config);
        server = new Side(2, config);
        client.learn(server);
        server.learn(client);
        meet();
    }

    /// Until both have a path and a session: what a test does then takes no longer than the wire does.
    private void meet() {
        client.engine.pingDisco(server.key(), 1, 0, now);
        server.engine.pingDisco(client.key(), 1, 0, now);
        await(() -> client.answers == 1 && server.answers == 1);
        client.engine.pingTsmp(server.ip(), 2, now);
        await(() -> client.answers == 2);
    }

    private void await(BooleanSupplier done) {
        client.driver.finishBatch();
        server.driver.finishBatch();
        if (!run(done, SECONDS.toNanos(10))) {
            throw new AssertionError("the two do not find each other");
        }
    }

    /// One of the two nodes.
    final class Side {
        private final int number;
        private final NodePrivateKey key = NodePrivateKey.generate(random);
        private int answers;

        /// Called before each group of datagrams leaves, to make trouble.
        Runnable beforeSending = () -> {};

        final EngineDriver driver = new EngineDriver(clockwork.eventLoop(), () -> now);
        final Engine engine;
        final StreamFactory streams;

        Side(int number, NetStackConfig config) {
            this.number = number;
            engine =
                    new Engine(
                            key,
                            DiscoPrivateKey.generate(random),
                            Aead.jdk(),
                            config,
                            () -> 0,
                            random,
                            this::perform);
            driver.drive(engine);
            streams = new StreamFactory(clockwork.eventLoop(), driver, engine.stack());
            IpPrefix local = new IpPrefix(underlay().ip(), 24);
            engine.onLocalSockets(
                    new LocalSockets(
                            List.of(new LocalSockets.LocalAddress("eth0", local)), PORT, 0, false),
                    now);
            driver.finishBatch();
        }

        NodeKey key() {
            return key.publicKey();
        }

        IpAddress ip() {
            return Packets.ip("100.64.0." + number);
        }

        IpPort underlay() {
            return new IpPort(Packets.ip("192.0.2." + number), PORT);
        }

        private Side other() {
            return this == client ? server : client;
        }

        private void learn(Side peer) {
            learn(peer.json());
        }

        /// The other one knows this node by another address than its own.
        void isKnownAs(IpAddress mask) {
            learn(
                    other().json()
                            .replace(
                                    "\"Cap\"",
                                    "\"SelfNodeV4MasqAddrForThisPeer\":\"" + mask + "\",\"Cap\""));
            other().learn(json().replace(ip() + "/32", mask + "/32"));
        }

        private void learn(String peer) {
            engine.onNetMap(
                    map(
                            "{\"Node\":%s,\"Peers\":[%s],\"PacketFilters\":{\"base\":[%s]}}"
                                    .formatted(json(), peer, FILTER)),
                    now);
            driver.finishBatch();
        }

        private String json() {
            return "{\"ID\":%d,\"StableID\":\"n%d\",\"Name\":\"n%d.test.\",\"User\":1,\"Key\":\"%s\",\"DiscoKey\":\"%s\",\"Addresses\":[\"%s/32\"],\"AllowedIPs\":[\"%s/32\"],\"Endpoints\":[\"%s\"],\"Cap\":145,\"MachineAuthorized\":true,\"Online\":true}"
                    .formatted(
                            number,
                            number,
                            number,
                            key().text(),
                            engine.discoKey().text(),
                            ip(),
                            ip(),
                            underlay());
        }

        private void perform(EngineOutput output) {
            if (output instanceof EngineOutput.SendDatagrams(var to, var datagrams, var size)) {
                beforeSending.run();
                if (!cut && to.equals(other().underlay())) {
                    other().arrive(underlay(), datagrams, size);
                }
            } else if (output instanceof EngineOutput.Pinged(_, PingResult.Answered _)) {
                answers++;
            }
        }

        /// A copy arrives a little later, unless the wire is cut until then.
        private void arrive(IpPort from, ByteBuffer datagrams, int size) {
            ByteBuffer copy = ByteBuffer.allocateDirect(datagrams.remaining());
            copy.put(datagrams.duplicate()).flip();
            clockwork
                    .eventLoop()
                    .schedule(
                            () -> {
                                if (!cut) {
                                    driver.onDatagrams(from, copy, size);
                                    driver.finishBatch();
                                }
                            },
                            DELAY,
                            TimeUnit.NANOSECONDS);
        }

        void listen(int port, PortHandler handler) {
            streams.listen(Optional.empty(), port, handler).orElseThrow();
        }

        /// Accepts everybody who comes, with this handler.
        void serve(int port, ChannelHandler handler) {
            listen(port, stream -> stream.accept(handler));
        }

        StreamChannel connect(int port, ChannelHandler handler) {
            return streams.connect(new IpPort(other().ip(), port), other().key(), handler)
                    .orElseThrow();
        }
    }

    static NetMap map(String json) {
        try {
            return NetMap.first(
                    ControlJson.read(MapResponse.class, json.getBytes(UTF_8)), Instant.EPOCH);
        } catch (MalformedException e) {
            throw new AssertionError(e.reason());
        }
    }

    /// Nothing passes any more, in either direction; or it does again.
    void cut(boolean is) {
        cut = is;
    }

    /// Runs until a condition holds or a span has passed; says whether it holds.
    boolean run(BooleanSupplier done, long within) {
        long end = now + within;
        while (true) {
            clockwork.runPendingTasks();
            if (done.getAsBoolean()) {
                return true;
            }
            if (clockwork.hasPendingTasks()) {
                continue;
            }
            long wait = clockwork.runScheduledPendingTasks();
            if (wait < 0 || now + wait > end) {
                advance(end - now);
                clockwork.runPendingTasks();
                return done.getAsBoolean();
            }
            advance(wait);
        }
    }

    long now() {
        return now;
    }

    /// Whether anything is to be done, now or some time.
    boolean isIdle() {
        return !clockwork.hasPendingTasks() && clockwork.runScheduledPendingTasks() < 0;
    }

    void run(long span) {
        run(() -> false, span);
    }

    private void advance(long nanos) {
        now += nanos;
        clockwork.advanceTimeBy(nanos, TimeUnit.NANOSECONDS);
    }
}
