package dev.remora.proto.wireguard;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.LinkedHashMap;
import java.util.Map;

/// Whether handshakes come in faster than we want to compute them, and how many each source may have then.
///
/// One handshake costs about a third of a millisecond. The reference is under load when 128 wait in its queue; here
/// nothing waits, so the queue is a reckoned one that drains at [#PER_SECOND].
final class HandshakeLoad {
    /// How many handshakes in a row are taken without asking for cookies.
    static final int QUEUE = 128;

    /// How fast the reckoned queue drains: about an eighth of one processor.
    static final int PER_SECOND = 400;

    private static final long DRAIN_EVERY = SECONDS.toNanos(1) / PER_SECOND;
    private static final long STAYS_FOR = SECONDS.toNanos(1);

    /// With a cookie, each source still gets 20 handshakes a second, 5 of them at once.
    private static final long SOURCE_COST = SECONDS.toNanos(1) / 20;

    private static final long SOURCE_BURST = 5 * SOURCE_COST;
    private static final int MAX_SOURCES = 4096;

    /// When the queue will have drained.
    private long emptyAt;

    private long underLoadUntil;

    /// When each source will have its whole burst again, the longest unused first.
    private final Map<Object, Long> restoredAt =
            new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Object, Long> eldest) {
                    return size() > MAX_SOURCES;
                }
            };

    /// Counts one handshake message and says whether we are under load with it.
    boolean isUnderLoadAfterOneMore(long now) {
        emptyAt = Math.max(emptyAt, now);
        if (emptyAt - now >= QUEUE * DRAIN_EVERY) {
            underLoadUntil = now + STAYS_FOR;
        } else {
            emptyAt += DRAIN_EVERY;
        }
        return now < underLoadUntil;
    }

    /// Whether this source may have one more handshake now; counts it if so.
    boolean permits(Source source, long now) {
        Object key = source.limitedAs();
        long restored = Math.max(now, restoredAt.getOrDefault(key, now));
        if (restored + SOURCE_COST - now > SOURCE_BURST) {
            return false;
        }
        restoredAt.put(key, restored + SOURCE_COST);
        return true;
    }
}
