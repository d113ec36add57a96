package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.tcp.Flow;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Finds what belongs to a packet by its 4-tuple, without allocating. Open addressing, at most half full; the hash is keyed
/// with a secret, so that nobody can choose ports that collide.
final class FlowTable<E extends FlowTable.Entry> {
    private static final int MIN_SLOTS = 64;

    /// Something that has a 4-tuple, which never changes.
    interface Entry {
        Flow flow();
    }

    private final long key;
    private @Nullable Entry[] slots = new Entry[MIN_SLOTS];
    private int[] hashes = new int[MIN_SLOTS];
    private int size;

    FlowTable(RandomGenerator random) {
        key = random.nextLong() | 1;
    }

    int size() {
        return size;
    }

    /// What an arriving packet belongs to: its destination is our end.
    @Nullable E find(IpPacket packet) {
        int ports = packet.dstPort() << 16 | packet.srcPort();
        int hash =
                hash(packet.dstHigh(), packet.dstLow(), packet.srcHigh(), packet.srcLow(), ports);
        int mask = slots.length - 1;
        for (int i = hash & mask; ; i = i + 1 & mask) {
            Entry entry = slots[i];
            if (entry == null || hashes[i] == hash && matches(entry.flow(), packet, ports)) {
                return cast(entry);
            }
        }
    }

    private static boolean matches(Flow flow, IpPacket packet, int ports) {
        return (flow.localPort() << 16 | flow.remotePort()) == ports
                && flow.v4() == packet.v4()
                && flow.remote().low() == packet.srcLow()
                && flow.remote().high() == packet.srcHigh()
                && flow.local().low() == packet.dstLow()
                && flow.local().high() == packet.dstHigh();
    }

    @Nullable E find(Flow flow) {
        return cast(slots[slot(flow)]);
    }

    void put(E entry) {
        if (2 * (size + 1) > slots.length) {
            resize();
        }
        int slot = slot(entry.flow());
        if (slots[slot] == null) {
            size++;
        }
        slots[slot] = entry;
        hashes[slot] = hash(entry.flow());
    }

    void remove(Flow flow) {
        int hole = slot(flow);
        if (slots[hole] == null) {
            return;
        }
        size--;
        int mask = slots.length - 1;
        for (int i = hole + 1 & mask; slots[i] != null; i = i + 1 & mask) {
            if ((i - hashes[i] & mask) >= (i - hole & mask)) {
                slots[hole] = slots[i];
                hashes[hole] = hashes[i];
                hole = i;
            }
        }
        slots[hole] = null;
    }

    /// All entries, in no order; a copy, so that they may be removed on the way.
    List<E> entries() {
        List<E> entries = new ArrayList<>(size);
        for (Entry slot : slots) {
            E entry = cast(slot);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private int slot(Flow flow) {
        int hash = hash(flow);
        int mask = slots.length - 1;
        int i = hash & mask;
        for (Entry entry = slots[i]; entry != null; entry = slots[i]) {
            if (hashes[i] == hash && entry.flow().equals(flow)) {
                break;
            }
            i = i + 1 & mask;
        }
        return i;
    }

    private int hash(Flow flow) {
        IpAddress local = flow.local();
        IpAddress remote = flow.remote();
        int ports = flow.localPort() << 16 | flow.remotePort();
        return hash(local.high(), local.low(), remote.high(), remote.low(), ports);
    }

    private int hash(long localHigh, long localLow, long remoteHigh, long remoteLow, int ports) {
        long hash = mix(key ^ localLow, localHigh ^ ports);
        hash = mix(hash ^ remoteLow, remoteHigh ^ key);
        return (int) (hash ^ hash >>> 32);
    }

    private static long mix(long a, long b) {
        long x = a ^ 0x9e37_79b9_7f4a_7c15L;
        long y = b ^ 0xd6e8_feb8_6659_fd93L;
        return x * y ^ Math.multiplyHigh(x, y);
    }

    private void resize() {
        @Nullable Entry[] old = slots;
        int[] oldHashes = hashes;
        slots = new Entry[2 * old.length];
        hashes = new int[2 * old.length];
        int mask = slots.length - 1;
        for (int from = 0; from < old.length; from++) {
            if (old[from] != null) {
                int to = oldHashes[from] & mask;
                while (slots[to] != null) {
                    to = to + 1 & mask;
                }
                slots[to] = old[from];
                hashes[to] = oldHashes[from];
            }
        }
    }

    @SuppressWarnings("unchecked") // only put writes entries
    private @Nullable E cast(@Nullable Entry entry) {
        return (E) entry;
    }
}
