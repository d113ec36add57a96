package dev.remora.sidecar.life;

import dev.remora.io.state.StateException;
import java.io.IOException;
import java.util.Optional;

/// An attempt to save something. What cannot be saved counts all the same, and whoever asked for it is told when everything that follows from it is done.
///
/// @param failure why it is not saved; empty: it is
record Saving(Optional<IOException> failure) {
    static Saving attempt(Action action) {
        try {
            action.run();
            return new Saving(Optional.empty());
        } catch (IOException e) {
            return new Saving(Optional.of(e));
        }
    }

    interface Action {
        void run() throws IOException;
    }

    /// @throws StateException if it is not saved
    void complain() throws StateException {
        if (failure.isPresent()) {
            throw new StateException(
                    "this is in effect, but would be forgotten at a restart: "
                            + failure.get().getMessage(),
                    failure.get());
        }
    }
}
