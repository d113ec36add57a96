package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `set`: change single preferences and leave the others as they are.
final class SetCommand {
    /// Two flags for one preference: each keeps the other's part of what there is.
    private static final List<PrefFlags> ROUTES =
            List.of(PrefFlags.ADVERTISE_ROUTES, PrefFlags.ADVERTISE_EXIT_NODE);

    private SetCommand() {}

    static Command command() {
        return Command.of(
                        "set",
                        "Change single settings",
                        "set [flags]",
                        SetCommand::flags,
                        SetCommand::run)
                .withDetails("Only what is given changes. There are no default values.");
    }

    private static Flags flags() {
        Flags flags =
                new Flags().text("accept-risk", "", "accepted for scripts; nothing is asked here");
        PrefFlags.SET.forEach(flag -> flag.addTo(flags, false));
        return flags;
    }

    private static int run(Invocation call) throws CommandException, UsageException {
        call.refuseWords();
        Status status = Status.get(call.daemon());
        List<PrefFlags> given =
                PrefFlags.SET.stream().filter(flag -> call.flags().isGiven(flag.flag)).toList();
        if (given.isEmpty()) {
            throw UsageException.help();
        }
        Map<String, @Nullable Object> patch = new LinkedHashMap<>();
        for (PrefFlags flag : given) {
            if (!ROUTES.contains(flag)) {
                merge(patch, flag.wanted(call.flags(), Tree.NOTHING, status));
            }
        }
        Settings.netfilterWarning(call.flags().text("netfilter-mode")).ifPresent(call::println);
        Tree prefs = call.daemon().get("prefs");
        for (PrefFlags flag : ROUTES) {
            if (given.contains(flag)) {
                merge(patch, flag.wanted(call.flags(), prefs, status));
            }
        }
        Map<String, @Nullable Object> whole = prefs.copy();
        merge(whole, patch);
        check(whole, call.daemon());
        given.forEach(flag -> flag.mask(patch));
        call.daemon().send("PATCH", "prefs", patch);
        if (call.flags().isGiven("webclient")
                && call.flags().bool("webclient")
                && !status.ips().isEmpty()) {
            call.print("\nWeb interface now running at " + status.ips().getFirst() + ":5252\n");
        }
        return 0;
    }

    /// Puts members into a tree; objects in it are merged, not replaced.
    private static void merge(
            Map<String, @Nullable Object> into, Map<String, @Nullable Object> from) {
        from.forEach((name, value) -> {
            if (value instanceof Map<?, ?> && into.get(name) instanceof Map<?, ?>) {
                Map<String, @Nullable Object> merged = new Tree(into.get(name)).copy();
                merge(merged, new Tree(value).copy());
                into.put(name, merged);
            } else {
                into.put(name, value);
            }
        });
    }

    /// Lets the daemon say what it thinks of whole preferences.
    static void check(Map<String, @Nullable Object> prefs, LocalApi daemon)
            throws CommandException {
        String error = daemon.send("POST", "check-prefs", prefs).at("Error").text();
        if (!error.isEmpty()) {
            throw new CommandException(error);
        }
    }
}
