package dev.remora.sidecar.server;

import dev.remora.server.Option;
import dev.remora.sidecar.cli.Flags;
import dev.remora.sidecar.life.Logging;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Flags of a command that runs a program of module `server`: those of the program, and how much it says in which form.
final class ProgramFlags {
    private static final String VERBOSE = "verbose";
    private static final String LOG_FORMAT = "log-format";
    private static final List<String> OURS = List.of(VERBOSE, LOG_FORMAT, "output", "force");

    private ProgramFlags() {}

    static Flags of(List<Option> options) {
        Flags flags =
                new Flags()
                        .number(VERBOSE, 0, "0, 1 or 2: how much is logged")
                        .text(LOG_FORMAT, "text", "text, or json: one object a line");
        options.forEach(option -> flags.text(option.name(), "", option.help()));
        return flags;
    }

    /// What was given, as the program takes it, by the flags' names.
    static Map<String, String> words(Flags flags) {
        Map<String, String> words = new TreeMap<>();
        for (String name : flags.given()) {
            if (!OURS.contains(name)) {
                words.put(name, "--" + name + "=" + flags.text(name));
            }
        }
        return words;
    }

    static void configureLog(Flags flags) {
        Logging.configure((int) flags.number(VERBOSE), flags.text(LOG_FORMAT).equals("json"));
    }
}
