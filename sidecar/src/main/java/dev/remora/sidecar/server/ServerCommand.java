package dev.remora.sidecar.server;

import dev.remora.base.MalformedException;
import dev.remora.server.ServerFlags;
import dev.remora.server.ServerProgram;
import dev.remora.server.store.FileTrouble;
import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.Tree;
import dev.remora.sidecar.cli.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `server`: a control server with relay and STUN, and the commands that tell it what to do.
public final class ServerCommand {
    private static final String DETAILS =
            """
            With --listen it runs in this process until it is told to end. With a subcommand it tells the server that
            runs on DIR what to do; most of them work on DIR itself while none runs.
            """;

    private ServerCommand() {}

    public static Command command() {
        return new Command(
                "server",
                "Run a control server, or tell one what to do",
                List.of(
                        "server --state=DIR --listen=IP:PORT [flags]",
                        "server --state=DIR <subcommand> [flags]"),
                DETAILS,
                () -> AdminCommand.common(ProgramFlags.of(ServerFlags.OPTIONS)),
                List.of(
                        UserCommands.group(),
                        NodeCommands.group(),
                        KeyCommands.group(),
                        AuthCommands.group(),
                        PolicyCommands.group(),
                        AdminCommand.of(
                                "backup",
                                "Copy the state into a new file, also while the server runs",
                                "backup FILE",
                                flags -> flags,
                                ServerCommand::backup),
                        AdminCommand.of(
                                "health",
                                "Say whether the server answers and can store",
                                "health",
                                flags -> flags,
                                ServerCommand::health),
                        AuditCommand.command(),
                        ConfigCommands.configtest(),
                        ConfigCommands.generate(),
                        ConfigCommands.version(),
                        Command.absent(
                                "serve",
                                "there is no `serve`: the server runs with `server --state=DIR --listen=IP:PORT`"),
                        Command.absent(
                                        "apikeys",
                                        "API keys are not offered yet: there is no REST API; commands need the server's user only")
                                .withAliases("apikey", "api"),
                        Command.absent(
                                "oauth-clients",
                                "OAuth clients are not offered yet: there is no REST API"),
                        Command.absent(
                                "debug",
                                "headscale's `debug create-node` is not offered; `nodes ping` and `nodes ask` look at real nodes"),
                        Command.absent(
                                "mockoidc",
                                "OpenID Connect is not offered yet, nor a provider to try it with"),
                        Command.absent("completion", "completion for shells is not offered yet")),
                ServerCommand::run);
    }

    private static void backup(AdminCommand admin) throws CommandException, UsageException {
        Path file = Path.of(admin.word("FILE")).toAbsolutePath();
        Tree answer = admin.ask("backup", Map.of("file", file.toString()));
        admin.print(answer, copy -> "Everything is in " + copy.at("file").text() + ".\n");
    }

    private static void health(AdminCommand admin) throws CommandException, UsageException {
        admin.refuseWords();
        admin.print(admin.ask("health", Map.of()), answer -> "The server is well.\n");
    }

    /// What the server itself was told, by several sets of flags of which a later one counts more.
    static ServerFlags settings(Flags... sets) throws MalformedException {
        Map<String, String> words = new TreeMap<>();
        String state = AdminCommand.stateByVariable();
        if (!state.isEmpty()) {
            words.put("state", "--state=" + state);
        }
        for (Flags flags : sets) {
            words.putAll(ProgramFlags.words(flags));
        }
        return ServerFlags.parse(List.copyOf(words.values()));
    }

    private static int run(Invocation call) throws CommandException, UsageException {
        if (!call.words().isEmpty()) {
            throw new CommandException("server: unknown subcommand: " + call.words().getFirst());
        }
        Flags flags = call.flags();
        ProgramFlags.configureLog(flags);
        try (UntilSignal signal = UntilSignal.expected()) {
            ServerProgram program = ServerProgram.start(settings(flags));
            signal.started(program::close);
            return signal.await();
        } catch (MalformedException e) {
            throw new UsageException("server: " + e.reason());
        } catch (IOException e) {
            throw new CommandException("server: " + FileTrouble.sentence(e));
        } catch (GeneralSecurityException e) {
            throw new CommandException("server: " + e.getMessage());
        }
    }
}
