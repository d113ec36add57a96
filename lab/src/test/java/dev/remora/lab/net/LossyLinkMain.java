package dev.remora.lab.net;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Carries frames between two interfaces as a link of a certain shape would:
/// `LossyLinkMain <one> <other> <delay in ns> <bits per second> <queue in bytes> <loss> <detours>`.
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
            long dueAt = Math.min(there.nextDueAt(), back.nextDueAt());
            long wait = Math.min(LONGEST_WAIT, dueAt - System.nanoTime());
            if (wait > 0) {
                PacketSocket.await(one, other, wait);
            }
        }
    }

    private static final class Direction {
        private final PacketSocket from;
        private final LinkShape shape;
        private final SplittableRandom random;
        private final Lane straight;
        private final Lane detour;

        Direction(PacketSocket from, PacketSocket to, LinkShape shape, long seed) {
            this.from = from;
            this.shape = shape;
            this.random = new SplittableRandom(seed);
            this.straight = new Lane(to, shape, random);
            this.detour = new Lane(to, shape.detour(), random);
        }

        long nextDueAt() {
            return Math.min(straight.line.nextDueAt(), detour.line.nextDueAt());
        }

        /// Takes in what has come, as far as the budget goes, and lets out what is due.
        void work(long now) {
            int taken = 0;
            while (taken < READ_BUDGET && nextLane().take(from, now)) {
                taken++;
            }
            straight.letOut(now);
            detour.letOut(now);
        }

        private Lane nextLane() {
            return random.nextDouble() < shape.detours() ? detour : straight;
        }
    }

    /// One way that frames can go.
    private static final class Lane {
        private final PacketSocket to;
        private final DelayLine line;
        private final MemorySegment[] slots = new MemorySegment[DelayLine.SLOTS];
        private final int[] lengths = new int[DelayLine.SLOTS];

        Lane(PacketSocket to, LinkShape shape, SplittableRandom random) {
            this.to = to;
            this.line = new DelayLine(shape, random);
            MemorySegment memory =
                    Arena.global().allocate((long) DelayLine.SLOTS * PacketSocket.MAX_FRAME);
            for (int i = 0; i < slots.length; i++) {
                long offset = (long) i * PacketSocket.MAX_FRAME;
                slots[i] = memory.asSlice(offset, PacketSocket.MAX_FRAME);
            }
        }

        /// Whether there was a frame.
        boolean take(PacketSocket from, long now) {
            // The line only counts: if it drops the frame, the next one is read over it.
            int slot = line.nextSlot();
            int length = from.receive(slots[slot]);
            if (length < 0) {
                return false;
            }
            lengths[slot] = length;
            line.enter(now, length - PacketSocket.VNET_HEADER);
            return true;
        }

        void letOut(long now) {
            while (line.nextDueAt() <= now) {
                int slot = line.leave();
                to.send(slots[slot].asSlice(0, lengths[slot]));
            }
        }
    }
}
