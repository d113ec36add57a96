package dev.remora.server.control;

import dev.remora.base.IpAddress;
import dev.remora.server.http.Source;
import java.util.HashMap;
import java.util.Map;

/// The memory that requests take until somebody reads them: those that are not whole yet, and those that are and wait for
/// a thread. A source may have as much of it as is left for all others, so nobody fills it alone. Safe for several threads.
final class Bodies {
    private final long most;
    private final Map<Source, Long> bySource = new HashMap<>();
    private long taken;

    /// What one request has of it.
    final class Share {
        private final Source source;
        private int bytes;
        private boolean over;

        private Share(Source source) {
            this.source = source;
        }

        /// Makes it larger, if there is room.
        boolean take(int more) {
            synchronized (Bodies.this) {
                if (over || bySource.getOrDefault(source, 0L) + more > most - taken) {
                    return false;
                }
                add(more);
                return true;
            }
        }

        /// Gives all of it back. Only the first time counts.
        void end() {
            synchronized (Bodies.this) {
                add(-bytes);
                over = true;
            }
        }

        private void add(int more) {
            bytes += more;
            taken += more;
            bySource.merge(source, (long) more, (a, b) -> a + b == 0 ? null : a + b);
        }
    }

    Bodies(long most) {
        this.most = most;
    }

    Share share(IpAddress from) {
        return new Share(Source.of(from));
    }

    synchronized long taken() {
        return taken;
    }
}
