package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.config.Version;
import java.util.LinkedHashMap;
import java.util.Map;

/// `version`: of this program, and of the daemon if asked.
final class VersionCommand {
    private VersionCommand() {}

    static Command command() {
        return Command.of(
                "version",
                "Print the version",
                "version [flags]",
                () ->
                        new Flags()
                                .bool("daemon", false, "also the daemon's version")
                                .bool("json", false, "print JSON")
                                .bool(
                                        "upstream",
                                        false,
                                        "not there: nobody is asked for newer versions")
                                .text("track", "", "not there, either"),
                VersionCommand::run);
    }

    private static int run(Invocation call) throws CommandException {
        call.refuseWords();
        if (call.flags().bool("upstream")) {
            throw new CommandException("Remora asks nobody for newer versions.");
        }
        boolean withDaemon = call.flags().bool("daemon");
        String daemon =
                withDaemon ? Status.withoutPeers(call.daemon()).tree().at("Version").text() : "";
        if (call.flags().bool("json")) {
            call.println(JsonTree.indented(json(daemon), "\t"));
        } else if (withDaemon) {
            call.print("Client: " + text() + "Daemon: " + daemon + "\n");
        } else {
            call.print(text());
        }
        return 0;
    }

    static int print(Invocation call) {
        call.print(text());
        return 0;
    }

    private static String text() {
        return Version.TEXT
                + "\n  long version: "
                + Version.TEXT
                + "\n  java version: "
                + System.getProperty("java.version")
                + "\n";
    }

    private static Map<String, Object> json(String daemon) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("majorMinorPatch", Version.TEXT.split("-", 2)[0]);
        json.put("short", Version.TEXT);
        json.put("long", Version.TEXT);
        if (!daemon.isEmpty()) {
            json.put("daemonLong", daemon);
        }
        json.put("cap", Version.LOCAL_API_LEVEL);
        return json;
    }
}
