package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.config.JsonTree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `lock`: whether the tailnet is locked, and this node's key for it. What would change a lock is not there.
final class LockCommand {
    private static final String ENABLED =
            "Tailnet Lock is enabled: what it trusts and signs is not part of Remora yet";

    private LockCommand() {}

    static Command command() {
        Command status =
                Command.of(
                        "status",
                        "Show whether the tailnet is locked",
                        "lock status [--json]",
                        () -> new Flags().bool("json", false, "print JSON"),
                        LockCommand::status);
        Stream<Command> absent =
                Stream.of(
                                "init",
                                "add",
                                "remove",
                                "sign",
                                "disable",
                                "disablement-kdf",
                                "log",
                                "local-disable",
                                "revoke-keys")
                        .map(name -> Command.absentPart("lock", name));
        return new Command(
                "lock",
                "Show the state of tailnet lock",
                List.of("lock", "lock status [--json]"),
                "",
                Flags::new,
                Stream.concat(Stream.of(status), absent).toList(),
                call -> {
                    Command.refuseUnknownPart(call, "lock");
                    return show(call, false);
                });
    }

    private static int status(Invocation call) throws CommandException {
        if (!call.words().isEmpty()) {
            throw new CommandException(
                    call.world().program() + " lock status: unexpected argument");
        }
        return show(call, call.flags().bool("json"));
    }

    private static int show(Invocation call, boolean asJson) throws CommandException {
        Tree lock = lock(call);
        if (lock.at("Enabled").bool()) {
            throw new CommandException(ENABLED);
        }
        String key = lock.at("PublicKey").text().replaceFirst("^nlpub:", "tlpub:");
        if (asJson) {
            call.println(JsonTree.indented(json(key, lock.at("NodeKey").text()), "  "));
        } else {
            call.print(
                    "Tailnet Lock is NOT enabled.\n\nThis node's tailnet-lock key: "
                            + key
                            + "\n\n");
        }
        return 0;
    }

    private static Tree lock(Invocation call) throws CommandException {
        try {
            return call.daemon().get("tka/status");
        } catch (DaemonException.Unreachable e) {
            throw new CommandException(Status.noDaemon("error: " + e.message(), call.world()));
        }
    }

    private static Map<String, @Nullable Object> json(String key, String nodeKey) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("SchemaVersion", "1");
        tree.put("Enabled", false);
        tree.put("PublicKey", key);
        tree.put("NodeKey", nodeKey.isEmpty() ? null : nodeKey);
        return tree;
    }
}
