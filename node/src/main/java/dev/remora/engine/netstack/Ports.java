package dev.remora.engine.netstack;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.crypto.SipHash;
import dev.remora.proto.tcp.Flow;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Chooses local ports of outgoing connections so that strangers cannot guess the next one (RFC 6056 §3.3.4, the double-hash
/// algorithm): where to begin depends on whom we talk to, how to go on is counted per group of destinations.
final class Ports {
    static final int FIRST = 32_768;
    static final int LAST = 60_999;

    private static final int TRIES = 256;
    private static final int COUNTERS = 256;

    private final SipHash offsets;
    private final SipHash groups;
    private final RandomGenerator random;
    private final int[] counters = new int[COUNTERS];

    Ports(RandomGenerator random) {
        this.random = random;
        offsets = SipHash.random(random);
        groups = SipHash.random(random);
        for (int i = 0; i < COUNTERS; i++) {
            counters[i] = random.nextInt(LAST - FIRST);
        }
    }

    /// A port that makes a free 4-tuple with the others, empty if none was found in reasonable time.
    OptionalInt choose(IpAddress local, IpPort remote, Predicate<Flow> isFree) {
        int offset = hash(offsets, local, remote);
        int group = hash(groups, local, remote) & COUNTERS - 1;
        for (int i = 0; i < TRIES; i++) {
            counters[group] += 1 + random.nextInt(2);
            int port =
                    FIRST + Integer.remainderUnsigned(offset + counters[group], LAST - FIRST + 1);
            if (isFree.test(new Flow(local, port, remote.ip(), remote.port()))) {
                return OptionalInt.of(port);
            }
        }
        return OptionalInt.empty();
    }

    private static int hash(SipHash hash, IpAddress local, IpPort remote) {
        IpAddress ip = remote.ip();
        return (int) hash.hash(local.high(), local.low(), ip.high(), ip.low(), remote.port());
    }
}
