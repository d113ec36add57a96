package dev.remora.engine.netstack;

import dev.remora.base.Deadlines;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Who is due next, among any number of things that each know their own next deadline. Lazy: a deadline that moves away
/// costs nothing, the entry comes up early and is put back. A retransmission timer that every acknowledgement pushes
/// on is thus touched once per timeout, not once per packet.
final class TimerHeap {
    private static final int MIN_SIZE = 16;

    /// Something with deadlines.
    abstract static class Timed {
        private int index = -1;

        /// When [#onTimer] is wanted, [Deadlines#NEVER] if not at all.
        abstract long nextDeadline();

        abstract void onTimer(long now);
    }

    private long[] at = new long[MIN_SIZE];
    private @Nullable Timed[] heap = new Timed[MIN_SIZE];
    private int size;

    /// When the next one may be due: never too late, possibly too early.
    long next() {
        return size == 0 ? Deadlines.NEVER : at[0];
    }

    int size() {
        return size;
    }

    /// To be called whenever the deadline of `timed` may have come nearer.
    void touch(Timed timed) {
        long deadline = timed.nextDeadline();
        if (timed.index >= 0) {
            if (deadline < at[timed.index]) {
                up(timed.index, deadline, timed);
            }
        } else if (deadline != Deadlines.NEVER) {
            if (size == heap.length) {
                at = Arrays.copyOf(at, 2 * size);
                heap = Arrays.copyOf(heap, 2 * size);
            }
            up(size++, deadline, timed);
        }
    }

    void remove(Timed timed) {
        int hole = timed.index;
        if (hole < 0) {
            return;
        }
        timed.index = -1;
        size--;
        Timed last = heap[size];
        heap[size] = null;
        if (hole < size && last != null) {
            up(hole, at[size], last);
            down(last.index, at[size], last);
        }
    }

    /// Calls all that are due, each once.
    void run(long now) {
        while (size > 0 && at[0] <= now) {
            Timed first = first();
            long deadline = first.nextDeadline();
            if (deadline <= now) {
                first.onTimer(now);
                deadline = Math.max(first.nextDeadline(), now + 1);
            }
            if (first.index < 0) {
                continue; // it removed itself
            }
            if (deadline == Deadlines.NEVER) {
                remove(first);
            } else {
                down(first.index, deadline, first);
            }
        }
    }

    private Timed first() {
        Timed first = heap[0];
        if (first == null) {
            throw new IllegalStateException("empty");
        }
        return first;
    }

    private void up(int from, long deadline, Timed timed) {
        int i = from;
        while (i > 0 && deadline < at[(i - 1) >>> 1]) {
            move((i - 1) >>> 1, i);
            i = (i - 1) >>> 1;
        }
        place(i, deadline, timed);
    }

    private void down(int from, long deadline, Timed timed) {
        int i = from;
        while (2 * i + 1 < size) {
            int child = 2 * i + 1;
            if (child + 1 < size && at[child + 1] < at[child]) {
                child++;
            }
            if (deadline <= at[child]) {
                break;
            }
            move(child, i);
            i = child;
        }
        place(i, deadline, timed);
    }

    private void move(int from, int to) {
        Timed timed = heap[from];
        if (timed != null) {
            place(to, at[from], timed);
        }
    }

    private void place(int i, long deadline, Timed timed) {
        at[i] = deadline;
        heap[i] = timed;
        timed.index = i;
    }
}
