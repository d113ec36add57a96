package dev.remora.engine.route;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.NodeKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Longest-prefix match for one address family: a hash map for each prefix length that occurs, asked from long to short. A
/// tailnet has few lengths, so this is as quick as a tree and changes in constant time.
///
/// A prefix that several peers claim belongs to the one who claimed it first; when that one lets go, to the next.
final class PrefixTable {
    private final @Nullable AddressMap<Claim>[] byLength;
    private int[] lengths = {}; // those that occur, longest first

    /// Who claims a prefix, the owner first.
    private record Claim(NodeKey peer, @Nullable Claim next) {
        Claim append(NodeKey other) {
            return new Claim(peer, next == null ? new Claim(other, null) : next.append(other));
        }

        @Nullable Claim without(NodeKey other) {
            if (peer.equals(other)) {
                return next;
            }
            return next == null ? this : new Claim(peer, next.without(other));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no generic arrays
    PrefixTable(int bits) {
        byLength = new AddressMap[bits + 1];
    }

    @Nullable NodeKey find(long high, long low) {
        for (int length : lengths) {
            AddressMap<Claim> map = byLength[length];
            Claim claim =
                    map == null ? null : map.get(high & highMask(length), low & lowMask(length));
            if (claim != null) {
                return claim.peer;
            }
        }
        return null;
    }

    void claim(IpPrefix prefix, NodeKey peer) {
        AddressMap<Claim> map = byLength[prefix.bits()];
        if (map == null) {
            map = new AddressMap<>();
            byLength[prefix.bits()] = map;
            noteLengths();
        }
        IpAddress key = prefix.masked().ip();
        Claim claim = map.get(key.high(), key.low());
        map.put(key.high(), key.low(), claim == null ? new Claim(peer, null) : claim.append(peer));
    }

    void release(IpPrefix prefix, NodeKey peer) {
        AddressMap<Claim> map = byLength[prefix.bits()];
        IpAddress key = prefix.masked().ip();
        Claim claim = map == null ? null : map.get(key.high(), key.low());
        if (map == null || claim == null) {
            return;
        }
        Claim rest = claim.without(peer);
        if (rest != null) {
            map.put(key.high(), key.low(), rest);
            return;
        }
        map.remove(key.high(), key.low());
        if (map.size() == 0) {
            byLength[prefix.bits()] = null;
            noteLengths();
        }
    }

    private void noteLengths() {
        int[] found = new int[byLength.length];
        int count = 0;
        for (int length = byLength.length - 1; length >= 0; length--) {
            if (byLength[length] != null) {
                found[count++] = length;
            }
        }
        lengths = Arrays.copyOf(found, count);
    }

    private long highMask(int length) {
        return byLength.length == 33 || length == 0 ? 0 : -1L << Math.max(0, 64 - length);
    }

    /// An IPv4 address has its 32 bits at the end of the low half.
    private long lowMask(int length) {
        int lowBits = byLength.length == 33 ? 32 + length : length - 64;
        return lowBits <= 0 || length == 0 ? 0 : -1L << 64 - lowBits;
    }
}
