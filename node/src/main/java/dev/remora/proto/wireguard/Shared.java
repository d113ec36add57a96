package dev.remora.proto.wireguard;

import dev.remora.crypto.Aead;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What all tunnels of one node have in common.
record Shared(
        Aead aead,
        RandomGenerator random,
        LongSupplier epochOffset,
        Peers peers,
        int mtu,
        SessionIndex index,
        StagedPackets.Total staged,
        Drops drops) {

    /// Counts what is dropped. The outputs are made once, so that a flood of garbage makes no garbage of its own.
    static final class Drops {
        private final DropReason[] reasons = DropReason.values();
        private final Output[] outputs = new Output[reasons.length];
        private final long[] counts = new long[reasons.length];

        Drops() {
            for (DropReason reason : reasons) {
                outputs[reason.ordinal()] = new Output.Dropped(reason);
            }
        }

        void drop(DropReason reason, Consumer<? super Output> out) {
            counts[reason.ordinal()]++;
            out.accept(outputs[reason.ordinal()]);
        }

        void drop(DropReason reason, int times, Consumer<? super Output> out) {
            for (int i = 0; i < times; i++) {
                drop(reason, out);
            }
        }

        long count(DropReason reason) {
            return counts[reason.ordinal()];
        }
    }
}
