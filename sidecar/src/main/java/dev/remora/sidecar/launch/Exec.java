package dev.remora.sidecar.launch;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Turns this process into another program, as execv(3) does: same process id, same environment, same open files.
@SuppressWarnings("restricted") // a foreign call is what this class is for
final class Exec {
    private Exec() {}

    /// Returns only by throwing.
    static void become(String program, List<String> arguments) throws IOException {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment argv = arena.allocate(ADDRESS, arguments.size() + 2); // ends with NULL
            argv.setAtIndex(ADDRESS, 0, arena.allocateFrom(program));
            for (int i = 0; i < arguments.size(); i++) {
                argv.setAtIndex(ADDRESS, i + 1, arena.allocateFrom(arguments.get(i)));
            }
            linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("execv"),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS))
                    .invoke(arena.allocateFrom(program), argv);
        } catch (Throwable e) {
            throw new IllegalStateException("execv", e);
        }
        throw new IOException("cannot start " + program);
    }
}
