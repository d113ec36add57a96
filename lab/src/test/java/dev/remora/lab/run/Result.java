package dev.remora.lab.run;

import java.time.Duration;
import java.util.List;

/// What a command said and how it ended.
///
/// @param exit its exit code; -1 if it was ended because its time was over
public record Result(List<String> command, int exit, String stdout, String stderr, Duration took) {
    public boolean ok() {
        return exit == 0;
    }

    /// This result, if the command succeeded.
    ///
    /// @throws LabException with everything the command said, if it did not
    public Result orThrow() {
        if (!ok()) {
            throw new LabException(toString());
        }
        return this;
    }

    /// Both outputs together, for texts that may stand in either.
    public String output() {
        return stdout + stderr;
    }

    @Override
    public String toString() {
        return "$ %s%n(exit %d after %d ms)%n%s%s"
                .formatted(
                        String.join(" ", command),
                        exit,
                        took.toMillis(),
                        stdout,
                        stderr.isEmpty() ? "" : "--- stderr\n" + stderr);
    }
}
