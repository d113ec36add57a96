package dev.remora.sidecar.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.base.MalformedException;
import dev.remora.server.StateDirectory;
import dev.remora.server.admin.AdminApi;
import dev.remora.server.admin.AdminException;
import dev.remora.server.store.FileTrouble;
import dev.remora.server.tailnet.Tailnet;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Tree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/// Does on the state itself what a server would do, while none runs: so a tailnet can be prepared before its first start. The
/// state's lock keeps a server away meanwhile.
final class Offline {
    /// What only a server that runs can do.
    private static final Set<String> ONLINE =
            Set.of("auth/register", "auth/reject", "health", "nodes/ping", "nodes/ask");

    private Offline() {}

    /// @param user in whose name it is done
    static Tree ask(Path state, String user, String verb, Map<String, String> parameters)
            throws CommandException {
        if (ONLINE.contains(verb)) {
            throw new CommandException(
                    "no server runs on "
                            + state
                            + ": start it with `remora server --state="
                            + state
                            + " --listen=IP:PORT`");
        }
        ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
        try (Tailnet tailnet = StateDirectory.openOffline(state, timers)) {
            String json = new AdminApi(tailnet).call(verb, parameters, user);
            return Tree.parse(json.getBytes(UTF_8));
        } catch (AdminException e) {
            throw new CommandException(e.sentence());
        } catch (IOException e) {
            throw new CommandException(FileTrouble.sentence(e));
        } catch (MalformedException e) {
            throw new IllegalStateException("our own JSON", e);
        } finally {
            timers.shutdownNow();
        }
    }
}
