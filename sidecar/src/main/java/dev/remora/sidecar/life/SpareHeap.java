package dev.remora.sidecar.life;

import java.util.function.LongSupplier;

/// Collects garbage once a heap has grown, so that the JVM gives back what was needed for a moment only: a heap that grows
/// is cheaper for it than a collection, and one that has grown stays so.
final class SpareHeap implements AtRest.Saving {
    /// What is less than this is not worth a pause, which takes about a millisecond for each megabyte that is alive.
    private static final long WORTH_IT = 48L << 20;

    private final LongSupplier size;
    private final Runnable collect;
    private long smallest;

    SpareHeap() {
        this(Runtime.getRuntime()::totalMemory, System::gc);
    }

    /// @param size of the heap now, in bytes
    SpareHeap(LongSupplier size, Runnable collect) {
        this.size = size;
        this.collect = collect;
    }

    @Override
    public void save() {
        if (size.getAsLong() > smallest + WORTH_IT) {
            collect.run();
            smallest = size.getAsLong();
        }
    }
}
