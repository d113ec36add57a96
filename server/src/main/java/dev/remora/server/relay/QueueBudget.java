package dev.remora.server.relay;

/// The bytes that all queues of a relay together may hold.
final class QueueBudget {
    private final long most;
    private long taken;

    QueueBudget(long most) {
        this.most = most;
    }

    boolean take(int bytes) {
        if (taken + bytes > most) {
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
