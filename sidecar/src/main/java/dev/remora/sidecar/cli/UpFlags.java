package dev.remora.sidecar.cli;

import java.util.List;
import java.util.Optional;

/// What can be said of flags for `up` before there is a daemon to say them to.
public final class UpFlags {
    private UpFlags() {}

    /// Why `up` would refuse these flags whatever the node's state is; empty if it would take them, or if that depends on the state.
    public static Optional<String> refusal(List<String> words) {
        Flags flags = UpCommand.upFlags();
        try {
            List<String> further = flags.parse(words);
            Command.refuse(further);
            UpCommand.preferences(flags, Optional.empty());
            return Optional.empty();
        } catch (UsageException e) {
            return Optional.of(
                    e.message().lines().findFirst().orElse("help is nothing to start with"));
        } catch (CommandException e) {
            return Optional.of(e.message());
        }
    }
}
