package dev.remora.sidecar.life;

import dev.remora.node.Capacity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What this process promises to get along with. The heap is a quarter of the limit, less if that is small, with which the launcher starts the JVM ([#flags]); the rest is shared out here, so that load is refused before
/// the kernel ends us.
///
///     limit  = heap + what the program itself takes + stream buffers + the system's part of connections
///
/// @param limit bytes, if there is a limit
/// @param heap bytes at most
public record MemoryContract(OptionalLong limit, long heap, Capacity capacity) {
    private static final long MIB = 1 << 20;

    /// Outside the heap, measured with and without the JIT's second compiler, whose work takes up to 20 MiB for a moment: classes, code, stacks, libraries.
    private static final long PROGRAM = 62 * MIB;

    /// The same with one compiler, and the image's health check, a process of its own that takes 11 MiB for a moment.
    private static final long SMALL_PROGRAM = 36 * MIB + 11 * MIB;

    /// Of the heap, with a tailnet of some hundred peers.
    private static final long PROGRAM_IN_HEAP = 11 * MIB;

    private static final long SMALL_PROGRAM_IN_HEAP = 9 * MIB;

    /// For each connection: of the heap, and outside it, where most is the system's for its socket.
    private static final long CONNECTION_IN_HEAP = 7 * 1024;

    private static final long CONNECTION = 6 * 1024;

    private static final long LEAST_BUFFERS = 4 * MIB;
    private static final long LEAST_CONNECTIONS = 100;

    /// Below it the JIT has to do without its second compiler.
    private static final long SMALL = 100 * MIB;

    /// One compiler, only for what runs often, and without what makes its work large, as one method of the JDK's does, for which it wants 6 MiB; no profiles,
    /// which are for the other one; a heap that starts with what it needs; buffers in small pieces from one place.
    private static final List<String> FOR_SMALL =
            List.of(
                    "-XX:TieredStopAtLevel=1",
                    "-XX:CompileThresholdScaling=5",
                    "-XX:C1MaxInlineLevel=2",
                    "-XX:CompileCommand=quiet",
                    "-XX:CompileCommand=exclude,jdk/internal/classfile/impl/StackMapGenerator.processBlock",
                    "-XX:-AOTReplayTraining",
                    "-Xmn2m",
                    "-XX:TrimNativeHeapInterval=500",
                    "-Dio.netty.allocator.type=pooled",
                    "-Dio.netty.allocator.numDirectArenas=1",
                    "-Dio.netty.allocator.numHeapArenas=1",
                    "-Dio.netty.allocator.maxOrder=4");

    /// With less, bulk traffic has been seen to be too much.
    private static final long ENOUGH = 96 * MIB;

    private static final long HEAP_SHARE = 4;
    private static final long LEAST_HEAP = 12 * MIB;
    private static final long SMALL_HEAP_SHARE = 5;

    /// As in `daemon.flags`.
    private static final long USUAL_HEAP = 128 * MIB;

    /// What the JVM is to be started with in this place, beside the usual; nothing where there is no limit, or room enough.
    public static List<String> flags() {
        return flags(new MemoryLimit(Path.of("/")).bytes());
    }

    static List<String> flags(OptionalLong limit) {
        long most = limit.orElse(Long.MAX_VALUE);
        long heap = Math.max(most / (most < SMALL ? SMALL_HEAP_SHARE : HEAP_SHARE), LEAST_HEAP);
        if (heap >= USUAL_HEAP) {
            return List.of();
        }
        List<String> flags = new ArrayList<>(List.of("-Xmx%dm".formatted(heap / MIB)));
        if (most < SMALL) {
            flags.addAll(FOR_SMALL);
        }
        return flags;
    }

    static MemoryContract ofThisProcess() {
        return of(new MemoryLimit(Path.of("/")).bytes(), Runtime.getRuntime().maxMemory());
    }

    static MemoryContract of(OptionalLong limit, long heap) {
        long most = limit.orElse(Long.MAX_VALUE);
        boolean isSmall = most < SMALL;
        long rest = most - heap - (isSmall ? SMALL_PROGRAM : PROGRAM);
        long inHeap = heap - (isSmall ? SMALL_PROGRAM_IN_HEAP : PROGRAM_IN_HEAP);
        long buffers = Math.clamp(rest / 2, LEAST_BUFFERS, Capacity.DEFAULT.bufferBytes());
        long connections = Math.min(inHeap / CONNECTION_IN_HEAP, rest / 2 / CONNECTION);
        long capped = Math.clamp(connections, LEAST_CONNECTIONS, Capacity.DEFAULT.connections());
        return new MemoryContract(limit, heap, new Capacity(buffers, (int) capped));
    }

    /// Whether load may be more than the limit has room for.
    boolean isTight() {
        return limit.orElse(Long.MAX_VALUE) < ENOUGH;
    }

    /// For the log.
    String sentence() {
        return "Memory: %s; at most %d MiB heap, %d MiB for the bytes of streams, %d connections%s"
                .formatted(
                        limit.isPresent()
                                ? "the limit is %d MiB".formatted(limit.getAsLong() / MIB)
                                : "there is no limit",
                        heap / MIB,
                        capacity.bufferBytes() / MIB,
                        capacity.connections(),
                        isTight()
                                ? ". With less than %d MiB the kernel may end this program under load"
                                        .formatted(ENOUGH / MIB)
                                : "");
    }
}
