package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import dev.remora.sidecar.config.JsonTree;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// `get`: the settings that `set` changes, by the names of its flags.
final class GetCommand {
    private static final String ALL = "all";

    private GetCommand() {}

    static Command command() {
        return Command.of(
                        "get",
                        "Show settings",
                        "get [flags] [<setting> | all]",
                        () ->
                                new Flags()
                                        .bool("json", false, "print JSON")
                                        .bool("set-flags", false, "print them as flags for set"),
                        GetCommand::run)
                .withDetails("Settings are called as the flags of set are.");
    }

    private static int run(Invocation call) throws CommandException {
        Tree prefs = call.daemon().get("prefs");
        Status status = Status.get(call.daemon());
        List<String> words = call.words();
        if (words.size() > 1) {
            throw new CommandException("too many arguments: " + GoText.quoted(words));
        }
        boolean isAll = words.isEmpty() || words.getFirst().equals(ALL);
        SortedMap<String, Object> settings = new TreeMap<>();
        for (PrefFlags flag : PrefFlags.SET) {
            if (isAll || flag.flag.equals(words.getFirst())) {
                settings.put(flag.flag, flag.value(prefs, status));
            }
        }
        if (settings.isEmpty()) {
            throw new CommandException(
                    "unknown setting %s; see \"%s set --help\" for valid settings"
                            .formatted(GoText.quote(words.getFirst()), call.world().program()));
        }
        if (call.flags().bool("json")) {
            call.println(JsonTree.indented(settings, "  "));
        } else if (call.flags().bool("set-flags")) {
            call.println(
                    settings.entrySet().stream()
                            .map(GetCommand::asFlag)
                            .collect(Collectors.joining(" ")));
        } else if (isAll) {
            call.print(table(settings));
        } else {
            call.println(settings.firstEntry().getValue().toString());
        }
        return 0;
    }

    private static String asFlag(Map.Entry<String, Object> setting) {
        String flag = "--" + setting.getKey();
        if (setting.getValue().equals(true)) {
            return flag;
        }
        String value = setting.getValue().toString();
        return flag + "=" + (value.isEmpty() ? "" : GoText.shellWord(value));
    }

    private static String table(Map<String, Object> settings) {
        Table table = Table.ragged();
        table.row("NAME", "VALUE");
        settings.forEach((name, value) -> table.row(name, value.toString()));
        return table.text();
    }
}
