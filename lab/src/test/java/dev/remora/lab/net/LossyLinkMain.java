package dev.remora.lab.net;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Carries frames between two interfaces as a link of a certain shape would:
/// `LossyLinkMain <one> <other> <delay in ns> <bits per second> <queue in bytes> <loss>`.
final class LossyLinkMain {
    private static final int READ_BUDGET = 64;
    private static final long LONGEST_WAIT = 1_000_000_000L;

    private LossyLinkMain() {}

    public static void main(String[] args) throws IOException {
        PacketSocket one = new PacketSocket(args[0]);
        PacketSocket other = new PacketSocket(args[1]);
        LinkShape shape = LinkShape.parse(Arrays.asList(args).subList(2, args.length));
        Direction there = new Direction(one, other, shape, 1);
        Direction back = new Direction(other, one, shape, 2);
        System.out.println("carrying");
        while (true) {
            long now = System.nanoTime();
            there.work(now);
            back.work(now);
            long dueAt = Math.min(there.line.nextDueAt(), back.line.nextDueAt());
            long wait = Math.min(LONGEST_WAIT, dueAt - System.nanoTime());
            if (wait > 0) {
                PacketSocket.await(one, other, wait);
            }
        }
    }

    private static final class Direction {
        private final PacketSocket from;
        private final PacketSocket to;
        private final DelayLine line;
        private final MemorySegment[] slots = new MemorySegment[DelayLine.SLOTS];
        private final int[] lengths = new int[DelayLine.SLOTS];

        Direction(PacketSocket from, PacketSocket to, LinkShape shape, long seed) {
            this.from = from;
            this.to = to;
            this.line = new DelayLine(shape, new SplittableRandom(seed));
            MemorySegment memory =
                    Arena.global().allocate((long) DelayLine.SLOTS * PacketSocket.MAX_FRAME);
            for (int i = 0; i < slots.length; i++) {
                long offset = (long) i * PacketSocket.MAX_FRAME;
                slots[i] = memory.asSlice(offset, PacketSocket.MAX_FRAME);
            }
        }

        /// Takes in what has come, as far as the budget goes, and lets out what is due.
        void work(long now) {
            for (int i = 0; i < READ_BUDGET; i++) {
                // The line only counts: if it drops the frame, the next one is read over it.
                int slot = line.nextSlot();
                int length = from.receive(slots[slot]);
                if (length < 0) {
                    break;
                }
                lengths[slot] = length;
                line.enter(now, length - PacketSocket.VNET_HEADER);
            }
            while (line.nextDueAt() <= now) {
                int slot = line.leave();
                to.send(slots[slot].asSlice(0, lengths[slot]));
            }
        }
    }
}
