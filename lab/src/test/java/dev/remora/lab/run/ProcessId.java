package dev.remora.lab.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// One process, told apart from a later one that got the same number by the time it started.
///
/// @param startTicks clock ticks between the machine's start and the process's, field 22 of `/proc/<pid>/stat`
record ProcessId(long pid, long startTicks) {
    private static final int STATE =
            0; // counted from behind the command's name, which ends in the last ')'
    private static final int START_TICKS = 19;

    static Optional<ProcessId> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean zombie = fields[STATE].equals("Z") || fields[STATE].equals("X");
            return zombie
                    ? Optional.empty()
                    : Optional.of(new ProcessId(pid, Long.parseLong(fields[START_TICKS])));
        } catch (IOException e) {
            return Optional.empty(); // there is no such process, or no longer
        }
    }

    static ProcessId ours() {
        return of(ProcessHandle.current().pid()).orElseThrow();
    }

    static ProcessId parse(String text) {
        String[] parts = text.strip().split(" ", -1);
        return new ProcessId(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }

    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /// Ends the process at once, unless it is gone and its number somebody else's.
    void kill() {
        if (isAlive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Override
    public String toString() {
        return pid + " " + startTicks;
    }
}
