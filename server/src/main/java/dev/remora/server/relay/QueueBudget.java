package dev.remora.server.relay;

/// The bytes that all queues of a relay together may hold. One of them may hold as much as is left for all others, so who
/// has many clients that do not read leaves room for those who do.
final class QueueBudget {
    private final long most;
    private long taken;

    QueueBudget(long most) {
        this.most = most;
    }

    /// @param held what the queue has already
    boolean take(int bytes, int held) {
        if (held + bytes > most - taken) {
            return false;
        }
        taken += bytes;
        return true;
    }

    void giveBack(int bytes) {
        taken -= bytes;
    }

    long taken() {
        return taken;
    }
}
