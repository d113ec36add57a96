package dev.remora.engine;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.Aead;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netstack.NetStackConfig;
import dev.remora.engine.path.LocalSockets;
import dev.remora.testing.Packets;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A large tailnet of which this node talks to nobody.
class ManyPeersTest {
    private static final int PEERS = 10_000;

    /// Twice what it was when this was written.
    private static final long MOST_BYTES_PER_PEER = 6_000;

    private final Random random = new Random(1);
    private final List<EngineOutput> outputs = new ArrayList<>();

    private Bytes32 randomBytes() {
        return new Bytes32(
                random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private NetMap map() {
        String peers =
                IntStream.range(2, PEERS + 2).mapToObj(this::peer).collect(Collectors.joining(","));
        return Maps.of(peers, Maps.ALL);
    }

    private String peer(int number) {
        String v4 =
                "100.%d.%d.%d".formatted(64 + (number >> 16), number >> 8 & 0xff, number & 0xff);
        String v6 = "fd7a:115c:a1e0::%x".formatted(number);
        return "{'ID':%d,'StableID':'n%d','Name':'host-%d.some-tailnet.ts.net.','User':%d,'Key':'%s','DiscoKey':'%s','Addresses':['%s/32','%s/128'],'AllowedIPs':['%s/32','%s/128'],'Endpoints':['203.0.113.%d:41641','192.168.%d.%d:41641','10.0.0.%d:41641'],'HomeDERP':900,'Cap':140,'Online':true,'Hostinfo':{'OS':'linux','Hostname':'host-%d','Services':[{'Proto':'peerapi4','Port':40000}]}}"
                .formatted(
                        number,
                        number,
                        number,
                        number,
                        new NodeKey(randomBytes()).text(),
                        new DiscoKey(randomBytes()).text(),
                        v4,
                        v6,
                        v4,
                        v6,
                        number & 0xff,
                        number >> 8,
                        number & 0xff,
                        number & 0xff,
                        number);
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void costNoDatagramAndLittleMemory() {
        Engine engine =
                new Engine(
                        NodePrivateKey.generate(random),
                        DiscoPrivateKey.generate(random),
                        Aead.jdk(),
                        NetStackConfig.defaults(),
                        () -> 0,
                        random,
                        outputs::add);
        IpPrefix local = new IpPrefix(Packets.ip("192.0.2.5"), 24);
        engine.onLocalSockets(
                new LocalSockets(
                        List.of(new LocalSockets.LocalAddress("eth0", local)), 41641, 0, false),
                0);
        long before = usedHeap();
        engine.onNetMap(map(), 0);
        engine.endOfBatch(0);
        long perPeer = (usedHeap() - before) / PEERS;

        for (long now = 0; now < MINUTES.toNanos(10) && engine.nextDeadline() != Long.MAX_VALUE; ) {
            now = engine.nextDeadline();
            engine.onTimer(now);
        }

        assertThat(engine.netMap().orElseThrow().peers().all()).hasSize(PEERS);
        assertThat(outputs)
                .noneMatch(EngineOutput.SendDatagrams.class::isInstance)
                .noneMatch(EngineOutput.SendRelayed.class::isInstance);
        assertThat(perPeer).as("bytes of heap for each").isLessThan(MOST_BYTES_PER_PEER);
    }
}
