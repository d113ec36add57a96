package dev.remora.sidecar.boot;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/// The user that this process is for the system, with all of its threads.
@SuppressWarnings("restricted") // only the C library can change it
final class SystemUser {
    private static final long PR_SET_DUMPABLE = 4;

    private SystemUser() {}

    static boolean isRoot() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /// Becomes this user, with the group of the same number and no other, for good. All rights that root has beside go with it.
    ///
    /// @throws IOException if the system does not let us
    static void become(int id) throws IOException {
        MethodHandle call = handle();
        call(call, "setgroups", 0, 0);
        call(call, "setgid", id, 0);
        call(call, "setuid", id, 0);
        // who changes users is no longer let into the files of /proc that tell of this process
        call(call, "prctl", PR_SET_DUMPABLE, 1);
    }

    /// The shape that libcrypto's functions are called in as well: each further one costs a start some 20 ms, and functions do not look at what they have no
    /// parameter for.
    private static MethodHandle handle() {
        return Linker.nativeLinker()
                .downcallHandle(
                        FunctionDescriptor.of(
                                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                JAVA_LONG));
    }

    private static void call(MethodHandle call, String name, long first, long second)
            throws IOException {
        MemorySegment function = Linker.nativeLinker().defaultLookup().findOrThrow(name);
        int result;
        try {
            result = (int) (long) call.invokeExact(function, first, second, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException(name, e); // a call itself throws nothing
        }
        if (result < 0) {
            throw new IOException(name + " is not permitted");
        }
    }
}
