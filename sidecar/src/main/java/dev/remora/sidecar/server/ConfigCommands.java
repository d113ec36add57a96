package dev.remora.sidecar.server;

import dev.remora.base.MalformedException;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.server.ServerFlags;
import dev.remora.server.ServerProgram;
import dev.remora.server.store.FileTrouble;
import dev.remora.sidecar.cli.Command;
import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.cli.CommandException;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.cli.UsageException;
import dev.remora.sidecar.config.Version;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What needs no state and no server: `configtest`, `generate private-key`, `version`.
final class ConfigCommands {
    private ConfigCommands() {}

    static Command configtest() {
        return Command.of(
                        "configtest",
                        "Say whether the server would start with these flags, without starting it",
                        "server --state=DIR --listen=IP:PORT [flags] configtest",
                        () -> ProgramFlags.of(ServerFlags.OPTIONS),
                        ConfigCommands::check)
                .withDetails(
                        "Flags stand before or behind it; the same flag behind it is the one that counts.");
    }

    private static int check(Invocation call) throws CommandException, UsageException {
        call.refuseWords();
        try {
            ServerProgram.check(
                    ServerCommand.settings(
                            call.above().getOrDefault("server", new Flags()), call.flags()));
            return 0;
        } catch (MalformedException e) {
            throw new CommandException("server: " + e.reason());
        } catch (IOException e) {
            throw new CommandException("server: " + FileTrouble.sentence(e));
        } catch (GeneralSecurityException e) {
            throw new CommandException("server: " + e.getMessage());
        }
    }

    static Command generate() {
        return AdminCommand.group(
                        "generate",
                        "Make something new",
                        List.of(
                                AdminCommand.of(
                                        "private-key",
                                        "Print a private key, as noise.key in the state directory has one",
                                        "generate private-key",
                                        flags -> flags,
                                        ConfigCommands::privateKey)))
                .withAliases("gen");
    }

    private static void privateKey(AdminCommand admin) throws CommandException {
        admin.refuseWords();
        String key = MachinePrivateKey.generate(new SecureRandom()).text();
        admin.print(Map.of("private_key", key), key + "\n");
    }

    static Command version() {
        return AdminCommand.of(
                "version",
                "Print the version",
                "version",
                flags -> flags,
                admin -> {
                    admin.refuseWords();
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("version", Version.TEXT);
                    json.put("java", System.getProperty("java.version"));
                    admin.print(json, "remora server version " + Version.TEXT + "\n");
                });
    }
}
