package dev.remora.engine.netstack;

import dev.remora.base.Deadlines;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.tcp.Flow;
import dev.remora.proto.tcp.TimeWait;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The 4-tuples of connections that we closed first, each for a minute. Bounded: when there are too many, the oldest is
/// forgotten early, which costs at worst a reset for a very late segment.
final class TimeWaitTable {
    private record Entry(TimeWait timeWait) implements FlowTable.Entry {
        @Override
        public Flow flow() {
            return timeWait.flow();
        }
    }

    private final int most;
    private final FlowTable<Entry> byFlow;
    private final SequencedSet<TimeWait> soonestFirst = new LinkedHashSet<>();
    private long evicted;

    TimeWaitTable(int most, RandomGenerator random) {
        this.most = most;
        byFlow = new FlowTable<>(random);
    }

    int size() {
        return byFlow.size();
    }

    /// How many were forgotten before their time.
    long evicted() {
        return evicted;
    }

    void add(TimeWait timeWait) {
        if (byFlow.size() >= most) {
            evicted++;
            remove(soonestFirst.getFirst());
        }
        byFlow.put(new Entry(timeWait));
        soonestFirst.add(timeWait);
    }

    @Nullable TimeWait find(IpPacket packet) {
        Entry entry = byFlow.find(packet);
        return entry == null ? null : entry.timeWait;
    }

    @Nullable TimeWait find(Flow flow) {
        Entry entry = byFlow.find(flow);
        return entry == null ? null : entry.timeWait;
    }

    /// The time of this record has begun anew.
    void restarted(TimeWait timeWait) {
        soonestFirst.remove(timeWait);
        soonestFirst.add(timeWait);
    }

    void remove(TimeWait timeWait) {
        soonestFirst.remove(timeWait);
        byFlow.remove(timeWait.flow());
    }

    long nextDeadline() {
        return soonestFirst.isEmpty() ? Deadlines.NEVER : soonestFirst.getFirst().endsAt();
    }

    void onTimer(long now) {
        while (nextDeadline() <= now) {
            remove(soonestFirst.getFirst());
        }
    }
}
