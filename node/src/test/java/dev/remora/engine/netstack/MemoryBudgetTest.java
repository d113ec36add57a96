package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.tcp.TcpEvent;
import dev.remora.proto.tcp.TcpMemory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private static final int CHUNKS = 100;

    private final MemoryBudget budget = new MemoryBudget((long) CHUNKS * TcpMemory.CHUNK);
    private final ArrayDeque<ByteBuffer> taken = new ArrayDeque<>();

    private void use(int chunks) {
        while (taken.size() < chunks) {
            taken.add(budget.take());
        }
        while (taken.size() > chunks) {
            budget.giveBack(taken.remove());
        }
    }

    @Test
    void neverGivesMoreThanThereIs() {
        use(CHUNKS);

        assertThat(budget.take()).isNull();
        assertThat(budget.allocatedBytes()).isEqualTo(budget.limitBytes());

        use(0);
        assertThat(budget.usedBytes()).isZero();
        assertThat(budget.take()).isNotNull();
    }

    /// An echo reads nothing before its answer has been taken.
    @Test
    void whatHasComeLeavesRoomForAnswers() {
        int received = 0;
        while (budget.takeToReceive() != null) {
            received++;
        }
        assertThat(received).isEqualTo(CHUNKS - CHUNKS / 16);
        assertThat(budget.take()).isNotNull();
    }

    @Test
    void windowsGrowShareHoldAndShrinkAsItFills() {
        budget.countActive(-1, 0);
        budget.countActive(-1, 0);
        budget.countActive(-1, 0);
        budget.countActive(-1, 0); // four connections: a share is 25 chunks
        int share = CHUNKS / 4 * TcpMemory.CHUNK;

        assertThat(budget.receiveQuota(64_000, 300_000)).isEqualTo(300_000);
        use(60);
        assertThat(budget.receiveQuota(64_000, 10 * share)).isEqualTo(2 * share);
        use(80);
        assertThat(budget.receiveQuota(64_000, 300_000)).isEqualTo(64_000);
        assertThat(budget.receiveQuota(2 * share, 3 * share)).isEqualTo(2 * share / 4 * 3);
        use(95);
        assertThat(budget.receiveQuota(0, 65_536)).isLessThan(6_000);
        assertThat(budget.sendQuota(1_000_000)).isEqualTo(TcpMemory.CHUNK);
    }

    @Test
    void letsGoOfWhatNobodyNeededForAWhile() {
        use(50);
        use(0);
        budget.trim(budget.nextTrim());
        assertThat(budget.allocatedBytes()).isEqualTo(50L * TcpMemory.CHUNK);
        budget.trim(budget.nextTrim());

        assertThat(budget.allocatedBytes()).isZero();
        assertThat(budget.nextTrim()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void steadyUseAllocatesNothing() {
        Set<ByteBuffer> chunks = Collections.newSetFromMap(new IdentityHashMap<>());
        for (long now = 0; now < MINUTES.toNanos(10); now += SECONDS.toNanos(1)) {
            use(40);
            chunks.addAll(taken);
            use(10);
            budget.trim(now);
        }

        assertThat(chunks).hasSize(40);
    }

    @Test
    void anIdleStackGivesItsMemoryBackByItself() {
        Tailnet net = new Tailnet(1, Link.Model.PERFECT, NetStackConfig.defaults());
        Talker server = new Talker(net, new Random(1), 0, false, 1, 2);
        Talker client = new Talker(net, new Random(2), 3_000_000, false, 2, 1);
        net.serve(80, request -> request.accept(server, net.now).orElseThrow());
        net.connect(80, client);
        net.run(SECONDS.toNanos(10), () -> client.closed != null);
        assertThat(net.client.stats().allocatedBytes()).isPositive();

        net.run(net.now + MINUTES.toNanos(2), () -> false);

        assertThat(net.client.stats().allocatedBytes()).isZero();
        assertThat(net.client.nextDeadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aThousandStalledReadersStayWithinTheBudgetAndThenAllGetTheirBytes() {
        long memory = 2L << 20;
        Random random = new Random(4);
        Tailnet net = new Tailnet(4, Link.Model.PERFECT, NetStackConfig.withMemory(memory));
        List<TcpStream> stalled = new ArrayList<>();
        long[] received = new long[1];
        boolean[] reading = new boolean[1];
        StreamHandler reader =
                new StreamHandler() {
                    @Override
                    public void onPayload(TcpStream stream, ByteBuffer payload) {
                        if (reading[0]) {
                            received[0] += payload.remaining();
                            payload.position(payload.limit());
                        }
                    }

                    @Override
                    public void onEvent(TcpStream stream, TcpEvent event) {
                        if (event instanceof TcpEvent.Readable) {
                            stream.resume(net.now);
                        } else if (event instanceof TcpEvent.PeerFinished) {
                            stream.close();
                        }
                    }
                };
        net.serve(80, request -> stalled.add(request.accept(reader, net.now).orElseThrow()));
        List<Talker> talkers = new ArrayList<>();
        net.always(() -> {
            assertThat(net.server.stats().allocatedBytes()).isLessThanOrEqualTo(memory);
            assertThat(net.client.stats().allocatedBytes()).isLessThanOrEqualTo(memory);
        });
        for (int i = 0; i < 1_000; i++) {
            Talker talker = new Talker(net, random, 20_000, false, 0, 0);
            talkers.add(talker);
            net.connect(80, talker);
            net.run(net.now + 1_000_000, () -> false);
        }
        net.run(net.now + SECONDS.toNanos(20), () -> false);
        assertThat(received[0]).isZero();

        reading[0] = true;
        stalled.forEach(stream -> stream.resume(net.now));
        boolean over =
                net.run(
                        net.now + MINUTES.toNanos(20),
                        () -> {
                            stalled.stream()
                                    .filter(stream -> stream.readable() > 0)
                                    .forEach(stream -> stream.resume(net.now));
                            return talkers.stream().allMatch(talker -> talker.closed != null);
                        });

        assertThat(over).isTrue();
        assertThat(received[0]).isEqualTo(20_000L * 1_000);
    }
}
