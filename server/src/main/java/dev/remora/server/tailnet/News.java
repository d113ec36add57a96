package dev.remora.server.tailnet;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands changes to listeners in the order in which they came about, by one thread at a time, outside any lock.
final class News {
    private static final Logger LOG = LoggerFactory.getLogger(News.class);

    private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
    private final Queue<Change> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    void listen(ChangeListener listener) {
        listeners.add(listener);
    }

    /// Puts changes at the end; under the lock that gives them their order.
    void add(List<Change> changes) {
        queue.addAll(changes);
    }

    /// Tells all that was added. If another thread is about it, that one tells ours too.
    void tell() {
        if (waiting.getAndIncrement() != 0) {
            return;
        }
        int seen;
        do {
            seen = waiting.get();
            for (Change change = queue.poll(); change != null; change = queue.poll()) {
                tell(change);
            }
        } while (waiting.addAndGet(-seen) != 0);
    }

    private void tell(Change change) {
        for (ChangeListener listener : listeners) {
            try {
                listener.changed(change);
            } catch (RuntimeException e) {
                LOG.error("a listener failed at {}", change, e); // the others must still hear
            }
        }
    }
}
