package dev.remora.proto.tcp;

import org.jspecify.annotations.Nullable;

/// The scoreboard: one record for each segment between SND.UNA and SND.NXT, in a ring by sequence, and a list by send
/// time of those in flight, which [Rack] walks from its old end. The counters are kept, never summed up.
final class SendRecords {
    private static final int SMALLEST = 16;

    /// Told of each record once, when the peer is first known to have it.
    interface Delivered {
        void delivered(SendRecord record);
    }

    private @Nullable SendRecord[] ring = new SendRecord[SMALLEST];
    private int head;
    private int count;

    private @Nullable SendRecord oldest;
    private @Nullable SendRecord newest;

    private long inFlight;
    private long sacked;
    private long lost;

    /// No record below this offset is lost.
    private long lostFrom;

    /// Bytes sent and neither delivered nor lost: what the congestion window limits.
    long inFlight() {
        return inFlight;
    }

    long sackedBytes() {
        return sacked;
    }

    long lostBytes() {
        return lost;
    }

    /// Bytes sent and not acknowledged.
    long bytes() {
        return inFlight + sacked + lost;
    }

    int count() {
        return count;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /// The record at a place counted from SND.UNA.
    SendRecord get(int index) {
        SendRecord record = ring[(head + index) & (ring.length - 1)];
        if (record == null) {
            throw new IllegalStateException("no such record");
        }
        return record;
    }

    SendRecord last() {
        return get(count - 1);
    }

    /// The longest in flight, null if nothing is.
    @Nullable SendRecord oldest() {
        return oldest;
    }

    /// Notes a segment that went out for the first time.
    void sent(long start, long end, long now) {
        SendRecord record = insertAt(count);
        record.reset(start, end, now);
        inFlight += record.length();
        linkNewest(record);
    }

    /// Notes that a record went out again.
    void sentAgain(SendRecord record, long now) {
        if (record.lost) {
            record.lost = false;
            lost -= record.length();
            inFlight += record.length();
        } else {
            unlink(record);
        }
        record.sentAt = now;
        record.repeatedAt = record.retransmitted ? record.repeatedAt : now;
        record.retransmitted = true;
        linkNewest(record);
    }

    void markLost(SendRecord record) {
        if (!record.inFlight()) {
            return;
        }
        unlink(record);
        record.lost = true;
        inFlight -= record.length();
        lost += record.length();
        lostFrom = Math.min(lostFrom, record.start);
    }

    /// What was believed lost is in flight after all (an undone recovery).
    void nothingIsLost() {
        for (int i = 0; i < count && lost > 0; i++) {
            SendRecord record = get(i);
            if (record.lost) {
                record.lost = false;
                lost -= record.length();
                inFlight += record.length();
                linkNewest(record);
            }
        }
    }

    void allAreLost() {
        for (int i = 0; i < count; i++) {
            markLost(get(i));
        }
    }

    /// Forgets what SACK said: the receiver has taken it back (RFC 2018 §8).
    void forgetSacks() {
        for (int i = 0; i < count; i++) {
            SendRecord record = get(i);
            if (record.sacked) {
                record.sacked = false;
                sacked -= record.length();
                record.lost = true;
                lost += record.length();
                lostFrom = Math.min(lostFrom, record.start);
            }
        }
    }

    /// The first record in sequence that waits to be sent again, null if none does.
    @Nullable SendRecord firstLost() {
        if (lost == 0) {
            lostFrom = Long.MAX_VALUE;
            return null;
        }
        for (int i = indexOf(lostFrom); i < count; i++) {
            SendRecord record = get(i);
            if (record.lost) {
                lostFrom = record.start;
                return record;
            }
        }
        throw new IllegalStateException("lost bytes, but no lost record");
    }

    /// Everything below `una` is acknowledged.
    void acknowledge(long una, Delivered delivered) {
        while (count > 0 && get(0).end <= una) {
            SendRecord record = get(0);
            deliver(record, delivered);
            sacked -= record.length();
            head = (head + 1) & (ring.length - 1);
            count--;
        }
        if (count > 0 && get(0).start < una) {
            trim(get(0), una);
        }
    }

    private void trim(SendRecord record, long start) {
        int cut = (int) (start - record.start);
        record.start = start;
        if (record.sacked) {
            sacked -= cut;
        } else if (record.lost) {
            lost -= cut;
        } else {
            inFlight -= cut;
        }
    }

    /// The peer has `left` to `right`; records between `from` and `to` may not be marked yet. A record that is covered in
    /// part stays as it is.
    void sack(long left, long right, long from, long to, Delivered delivered) {
        for (int i = indexOf(from); i < count; i++) {
            SendRecord record = get(i);
            if (record.end > right || record.start >= to) {
                return;
            }
            if (record.start >= left) {
                deliver(record, delivered);
            }
        }
    }

    private void deliver(SendRecord record, Delivered delivered) {
        if (record.sacked) {
            return;
        }
        delivered.delivered(record);
        if (record.lost) {
            record.lost = false;
            lost -= record.length();
        } else {
            unlink(record);
            inFlight -= record.length();
        }
        record.sacked = true;
        sacked += record.length();
    }

    /// Cuts a lost record so that its first part is no longer than `length`; the rest becomes a record of its own.
    void split(SendRecord record, int length) {
        SendRecord rest = insertAt(indexOf(record.start) + 1);
        rest.reset(record.start + length, record.end, record.sentAt);
        rest.retransmitted = record.retransmitted;
        rest.repeatedAt = record.repeatedAt;
        rest.lost = record.lost;
        record.end = rest.start;
    }

    /// Index of the first record that ends behind `offset`.
    private int indexOf(long offset) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).end > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private SendRecord insertAt(int index) {
        if (count == ring.length) {
            grow();
        }
        int mask = ring.length - 1;
        SendRecord spare = ring[(head + count) & mask];
        for (int i = count; i > index; i--) {
            ring[(head + i) & mask] = ring[(head + i - 1) & mask];
        }
        SendRecord record = spare != null ? spare : new SendRecord();
        ring[(head + index) & mask] = record;
        count++;
        return record;
    }

    private void grow() {
        @Nullable SendRecord[] larger = new SendRecord[2 * ring.length];
        for (int i = 0; i < count; i++) {
            larger[i] = get(i);
        }
        ring = larger;
        head = 0;
    }

    private void linkNewest(SendRecord record) {
        record.earlier = newest;
        record.later = null;
        if (newest == null) {
            oldest = record;
        } else {
            newest.later = record;
        }
        newest = record;
    }

    private void unlink(SendRecord record) {
        if (record.earlier == null) {
            oldest = record.later;
        } else {
            record.earlier.later = record.later;
        }
        if (record.later == null) {
            newest = record.earlier;
        } else {
            record.later.earlier = record.earlier;
        }
    }

    /// Recomputes the counters and the list; throws if they are not what they should be.
    void check() {
        long inFlightNow = 0;
        long sackedNow = 0;
        long lostNow = 0;
        int listed = 0;
        for (int i = 0; i < count; i++) {
            SendRecord record = get(i);
            inFlightNow += record.inFlight() ? record.length() : 0;
            sackedNow += record.sacked ? record.length() : 0;
            lostNow += record.lost ? record.length() : 0;
            listed += record.inFlight() ? 1 : 0;
            if (i > 0 && get(i - 1).end != record.start) {
                throw new IllegalStateException("a gap between records");
            }
        }
        for (SendRecord record = oldest; record != null; record = record.later) {
            listed--;
        }
        if (inFlightNow != inFlight || sackedNow != sacked || lostNow != lost || listed != 0) {
            throw new IllegalStateException("counters of the scoreboard are wrong");
        }
    }
}
