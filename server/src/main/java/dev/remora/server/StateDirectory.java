package dev.remora.server;

import dev.remora.server.policy.PolicyException;
import dev.remora.server.store.SqliteStorage;
import dev.remora.server.store.Storage;
import dev.remora.server.tailnet.Tailnet;
import dev.remora.server.tailnet.TailnetSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;

/// A tailnet's state on the disk. One process at a time has it open.
public final class StateDirectory {
    private static final String DATABASE = "server.db";

    private StateDirectory() {}

    static Tailnet open(ServerFlags flags, ScheduledExecutorService timers) throws IOException {
        return open(flags.state(), settings(flags), timers);
    }

    /// @throws IOException if they do not go together; the message says why
    static TailnetSettings settings(ServerFlags flags) throws IOException {
        try {
            TailnetSettings settings =
                    TailnetSettings.of(flags.url().toString(), flags.baseDomain())
                            .withDeviceApproval(flags.deviceApproval());
            return flags.nodeExpiry().map(settings::withNodeExpiry).orElse(settings);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// Opens it for a moment, while no server runs: for changes that need no settings.
    ///
    /// @throws IOException if a server has it open, or it cannot be used; the message says so
    public static Tailnet openOffline(Path state, ScheduledExecutorService timers)
            throws IOException {
        return open(state, TailnetSettings.of("https://server.invalid", "tail.internal"), timers);
    }

    private static Tailnet open(
            Path state, TailnetSettings settings, ScheduledExecutorService timers)
            throws IOException {
        Files.createDirectories(
                state,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        NativeLibrary.prepare();
        Storage storage = SqliteStorage.open(state.resolve(DATABASE));
        try {
            return Tailnet.open(settings, storage, Clock.systemUTC(), new SecureRandom(), timers);
        } catch (IOException | PolicyException | RuntimeException e) {
            storage.close();
            throw new IOException(
                    "the state in " + state + " cannot be used: " + e.getMessage(), e);
        }
    }
}
