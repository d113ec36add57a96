package dev.remora.sidecar.life;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// madvise(2). The shape of the call is the one that `io.udp` has for the same library: a further one would cost memory and time.
@SuppressWarnings("restricted") // a foreign call is what this class is for
final class Madvise {
    private static final Logger LOG = LoggerFactory.getLogger(Madvise.class);
    private static final long MADV_RANDOM = 1;
    private static final long MADV_DONTNEED = 4;
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MemorySegment STATE =
            Arena.global().allocate(Linker.Option.captureStateLayout());
    private static final MethodHandle CALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("madvise"),
                            FunctionDescriptor.of(
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG),
                            ERRNO);

    private Madvise() {}

    /// Lets go of these pages; they are read again when they are needed.
    static void dontNeed(long start, long length) {
        call(start, length, MADV_DONTNEED);
    }

    /// Has a page that is missing read alone, and not what stands around it in the file, too.
    static void random(long start, long length) {
        call(start, length, MADV_RANDOM);
    }

    /// A refusal leaves the pages as they are.
    private static void call(long start, long length, long advice) {
        try {
            long result = (long) CALL.invokeExact(STATE, start, length, advice, 0L, 0L);
            LOG.trace("madvise {} of {} bytes: {}", advice, length, result);
        } catch (Throwable t) {
            throw new AssertionError("foreign call", t);
        }
    }
}
