package dev.remora.engine.netstack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Deadlines;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.tcp.Flow;
import dev.remora.testing.Segments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The stack's own data structures against plain ones.
class TablesTest {
    private record Entry(Flow flow, int number) implements FlowTable.Entry {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aFlowTableHoldsWhatAMapHolds(long seed) {
        Random random = new Random(seed);
        FlowTable<Entry> table = new FlowTable<>(random);
        Map<Flow, Entry> expected = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            Flow flow = flow(random.nextInt(5_000));
            if (random.nextInt(5) < 2) {
                table.remove(flow);
                expected.remove(flow);
            } else {
                Entry entry = new Entry(flow, i);
                table.put(entry);
                expected.put(flow, entry);
            }
            assertThat(table.size()).isEqualTo(expected.size());
        }

        for (int number = 0; number < 5_000; number++) {
            Flow flow = flow(number);
            IpPacket packet =
                    Segments.segment(
                            flow.remote(),
                            flow.remotePort(),
                            flow.local(),
                            flow.localPort(),
                            2,
                            0,
                            0,
                            new byte[0]);
            assertThat(table.find(flow)).isEqualTo(expected.get(flow));
            assertThat(table.find(packet)).isEqualTo(expected.get(flow));
        }
        assertThat(table.entries()).containsExactlyInAnyOrderElementsOf(expected.values());
    }

    private static Flow flow(int number) {
        boolean v4 = number % 3 != 0;
        IpAddress remote =
                v4 ? IpAddress.v4(0x64400100 + number % 50) : IpAddress.v6(number % 7, number % 50);
        return new Flow(v4 ? Stack.OWN : Stack.OWN_V6, 80, remote, 1 + number);
    }

    private static final class Alarm extends TimerHeap.Timed {
        private long at = Deadlines.NEVER;
        private int rings;

        @Override
        long nextDeadline() {
            return at;
        }

        @Override
        void onTimer(long now) {
            assertThat(at).isLessThanOrEqualTo(now);
            rings++;
            at = Deadlines.NEVER;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyTimerRingsOnceWhenItIsDueAndNotBefore(long seed) {
        Random random = new Random(seed);
        TimerHeap heap = new TimerHeap();
        List<Alarm> alarms = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            alarms.add(new Alarm());
        }
        long now = 0;
        for (int i = 0; i < 20_000; i++) {
            Alarm alarm = alarms.get(random.nextInt(alarms.size()));
            switch (random.nextInt(4)) {
                case 0 -> {
                    heap.remove(alarm);
                    alarm.at = Deadlines.NEVER;
                }
                case 1, 2 -> {
                    alarm.at = now + 1 + random.nextInt(1000);
                    heap.touch(alarm);
                }
                default -> now += random.nextInt(30);
            }
            heap.run(now);
            long time = now;
            assertThat(alarms).noneMatch(any -> any.at <= time);
            long soonest = alarms.stream().mapToLong(Alarm::nextDeadline).min().orElseThrow();
            assertThat(heap.next()).isLessThanOrEqualTo(soonest);
        }
        heap.run(now + 2000);

        assertThat(heap.size()).isZero();
        assertThat(alarms.stream().mapToInt(alarm -> alarm.rings).sum()).isPositive();
    }

    @Test
    void aTimerThatIsAlwaysDueDoesNotHoldUpTheOthers() {
        TimerHeap heap = new TimerHeap();
        List<Long> rung = new ArrayList<>();
        heap.touch(
                new TimerHeap.Timed() {
                    @Override
                    long nextDeadline() {
                        return 0;
                    }

                    @Override
                    void onTimer(long now) {
                        rung.add(now);
                    }
                });

        heap.run(7);

        assertThat(rung).containsExactly(7L);
        assertThat(heap.next()).isEqualTo(8);
    }

    @Test
    void aRateLimitGivesItsBurstAndThenItsRate() {
        RateLimit limit = new RateLimit(1000, 10);
        int allowed = 0;
        for (int i = 0; i < 100; i++) {
            allowed += limit.allow(0) ? 1 : 0;
        }
        assertThat(allowed).isEqualTo(10);
        assertThat(limit.allow(999_999)).isFalse();
        assertThat(limit.allow(1_000_000)).isTrue();
        assertThat(limit.allow(1_000_001)).isFalse();
    }

    @Test
    void portsAreInTheirRangeAndSkipWhatIsTaken() {
        Ports ports = new Ports(new Random(3));
        List<Integer> taken = new ArrayList<>();
        IpPort remote = new IpPort(Stack.PEER, 80);
        for (int i = 0; i < 2_000; i++) {
            int port =
                    ports.choose(Stack.OWN, remote, flow -> !taken.contains(flow.localPort()))
                            .orElseThrow();
            assertThat(port).isBetween(Ports.FIRST, Ports.LAST);
            taken.add(port);
        }
        assertThat(taken).doesNotHaveDuplicates();
        assertThat(ports.choose(Stack.OWN, remote, flow -> false)).isEmpty();
    }

    @Test
    void portsWithoutAHolderOfTheirOwnGoToWhoeverHoldsTheRest() throws Exception {
        IpAddress ours = IpAddress.parse("100.64.0.1");
        Bindings<String> bindings = new Bindings<>();
        bindings.bind(Optional.of(ours), 1, "one address");
        bindings.bind(Optional.empty(), 2, "all addresses");
        assertThat(bindings.find(ours, 3)).isNull();

        bindings.bind(Optional.empty(), Bindings.REST, "rest");

        assertThat(bindings.find(ours, 1)).isEqualTo("one address");
        assertThat(bindings.find(ours, 2)).isEqualTo("all addresses");
        assertThat(bindings.find(ours, 3)).isEqualTo("rest");
        bindings.release(Optional.empty(), Bindings.REST);
        assertThat(bindings.find(ours, 3)).isNull();
    }
}
