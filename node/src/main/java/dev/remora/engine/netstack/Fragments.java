package dev.remora.engine.netstack;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.base.Deadlines;
import dev.remora.base.IpAddress;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// Puts fragmented packets together, within limits: bytes in all, packets per sender, pieces per packet and time. Pieces that overlap
/// kill their packet (RFC 5722: "any constituent fragments […] MUST be silently discarded"); an exact repetition is
/// ignored (RFC 8200 §4.5). Nothing is said to a sender whose packet did not become whole.
final class Fragments {
    private static final long MOST_BYTES = 256 * 1024;
    private static final int MOST_PER_SENDER = 8;
    private static final int MOST_PIECES = 64;
    private static final long LIFE_V4 = SECONDS.toNanos(30);
    private static final long LIFE_V6 = SECONDS.toNanos(60);

    /// What objects cost beside the bytes in them, so that many small pieces are not cheap.
    private static final int PIECE_OVERHEAD = 128;

    private record Key(IpAddress src, IpAddress dst, int protocol, int id) {}

    private static final class Assembly {
        private final TreeMap<Integer, byte[]> pieces = new TreeMap<>();
        private final long endsAt;
        private int received;
        private int length = -1;
        private boolean dead;

        Assembly(long endsAt) {
            this.endsAt = endsAt;
        }

        boolean isWhole() {
            return received == length;
        }

        long charged() {
            return dead ? PIECE_OVERHEAD : received + (long) PIECE_OVERHEAD * (pieces.size() + 1);
        }
    }

    private final SequencedMap<Key, Assembly> assemblies = new LinkedHashMap<>();
    private final Map<IpAddress, Integer> perSender = new LinkedHashMap<>();
    private final DropCounters drops;
    private long charged;

    Fragments(DropCounters drops) {
        this.drops = drops;
    }

    /// Takes one fragment; the whole packet, in memory of its own, if this was the missing piece.
    Optional<ByteBuffer> onFragment(IpPacket fragment, long now) {
        Key key =
                new Key(fragment.src(), fragment.dst(), fragment.protocol(), fragment.fragmentId());
        Assembly assembly = assemblies.get(key);
        if (assembly == null) {
            if (perSender.getOrDefault(key.src, 0) >= MOST_PER_SENDER || charged >= MOST_BYTES) {
                drops.count(Drop.FRAGMENT);
                return Optional.empty();
            }
            assembly = new Assembly(now + (fragment.v4() ? LIFE_V4 : LIFE_V6));
            assemblies.put(key, assembly);
            perSender.merge(key.src, 1, Integer::sum);
            charged += assembly.charged();
        }
        charged -= assembly.charged();
        add(assembly, fragment);
        charged += assembly.charged();
        if (!assembly.isWhole()) {
            return Optional.empty();
        }
        remove(key);
        return Optional.of(whole(key, assembly));
    }

    private void add(Assembly assembly, IpPacket fragment) {
        int start = fragment.fragmentOffset();
        int end = start + fragment.transportLength();
        if (assembly.dead || isRepetition(assembly, start, end)) {
            drops.count(Drop.FRAGMENT);
            return;
        }
        if (!fits(assembly, fragment, start, end)) {
            kill(assembly);
            return;
        }
        byte[] piece = new byte[end - start];
        fragment.bytes().get(fragment.transportOffset(), piece);
        assembly.pieces.put(start, piece);
        assembly.received += piece.length;
        if (!fragment.moreFragments()) {
            assembly.length = end;
        }
    }

    private static boolean isRepetition(Assembly assembly, int start, int end) {
        byte[] there = assembly.pieces.get(start);
        return there != null && there.length == end - start;
    }

    private boolean fits(Assembly assembly, IpPacket fragment, int start, int end) {
        boolean last = !fragment.moreFragments();
        boolean proper =
                end > start
                        && end <= 0xffff - IpHeader.length(true)
                        && (last || (end - start) % 8 == 0);
        boolean withinLength =
                last
                        ? assembly.length < 0 && highest(assembly) <= end
                        : assembly.length < 0 || end <= assembly.length;
        return proper
                && withinLength
                && assembly.pieces.size() < MOST_PIECES
                && charged + end - start <= MOST_BYTES
                && !overlaps(assembly, start, end);
    }

    private static int highest(Assembly assembly) {
        Map.Entry<Integer, byte[]> last = assembly.pieces.lastEntry();
        return last == null ? 0 : last.getKey() + last.getValue().length;
    }

    private static boolean overlaps(Assembly assembly, int start, int end) {
        Map.Entry<Integer, byte[]> before = assembly.pieces.lowerEntry(end);
        return before != null && before.getKey() + before.getValue().length > start;
    }

    /// The packet will never be whole; what else comes of it is dropped until its time is over.
    private void kill(Assembly assembly) {
        drops.count(Drop.FRAGMENT, assembly.pieces.size() + 1);
        assembly.pieces.clear();
        assembly.received = 0;
        assembly.length = -1;
        assembly.dead = true;
    }

    private static ByteBuffer whole(Key key, Assembly assembly) {
        IpHeader header = new IpHeader(key.src, key.dst, key.protocol, 0);
        ByteBuffer packet = ByteBuffer.allocate(header.length() + assembly.length);
        header.write(packet, assembly.length);
        assembly.pieces.values().forEach(packet::put);
        return packet.flip();
    }

    private void remove(Key key) {
        Assembly assembly = assemblies.remove(key);
        if (assembly != null) {
            charged -= assembly.charged();
            perSender.computeIfPresent(key.src, (src, count) -> count == 1 ? null : count - 1);
        }
    }

    /// How many packets wait for pieces.
    int size() {
        return assemblies.size();
    }

    long nextDeadline() {
        return assemblies.isEmpty() ? Deadlines.NEVER : assemblies.firstEntry().getValue().endsAt;
    }

    /// Forgets what did not become whole in time. An IPv6 packet in front may hold up IPv4 ones behind it, by half a minute at most.
    void onTimer(long now) {
        while (nextDeadline() <= now) {
            Map.Entry<Key, Assembly> first = assemblies.firstEntry();
            drops.count(Drop.FRAGMENT, first.getValue().pieces.size());
            remove(first.getKey());
        }
    }
}
