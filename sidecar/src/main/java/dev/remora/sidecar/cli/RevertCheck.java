package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps `up` from changing a setting back to its default only because its flag was left out.
final class RevertCheck {
    private final Invocation call;
    private final Status status;

    RevertCheck(Invocation call, Status status) {
        this.call = call;
        this.status = status;
    }

    /// Fails with a command line that says all there is to say. A node that was never set up has nothing to lose, and no flags at all mean: as it is.
    ///
    /// @param wanted what the flags stand for; takes over the operator if that is who asks
    void check(Map<String, @Nullable Object> wanted, Tree current) throws CommandException {
        boolean isOperator = current.at("OperatorUser").text().equals(call.world().user());
        if (isOperator && !call.flags().isGiven(PrefFlags.OPERATOR.flag)) {
            wanted.put("OperatorUser", call.world().user());
        }
        if (current.at("ControlURL").text().isEmpty() || call.flags().given().isEmpty()) {
            return;
        }
        SortedMap<String, String> missing = missing(new Tree(wanted), current);
        if (!missing.isEmpty()) {
            throw new CommandException(text(missing));
        }
    }

    private SortedMap<String, String> missing(Tree wanted, Tree current) {
        SortedMap<String, String> missing = new TreeMap<>();
        for (PrefFlags flag : PrefFlags.UP) {
            // its default changed once, so nobody has to mention the old one
            boolean exempt = flag == PrefFlags.STATEFUL_FILTERING;
            if (!exempt && !call.flags().isGiven(flag.flag)) {
                String now = flag.current(current, status);
                String then = flag.current(wanted, status);
                if (!now.equals(then) && !Servers.same(now, then)) {
                    missing.put(flag.flag, now);
                }
            }
        }
        return missing;
    }

    private String text(SortedMap<String, String> missing) {
        String program = call.world().program();
        StringBuilder out = new StringBuilder("Error: changing settings via '");
        out.append(program)
                .append(
                        """
                         up' requires mentioning all
                        non-default flags. To proceed, either re-run your command with --reset or
                        use the command below to explicitly mention the current value of
                        all non-default settings:

                        """);
        out.append('\t').append(program).append(" up");
        call.flags().given().forEach(name -> append(out, name, call.flags().text(name)));
        missing.forEach((name, value) -> append(out, name, value));
        return out.append('\n').toString();
    }

    private static void append(StringBuilder out, String name, String value) {
        boolean isSecret = LoginKey.isSecret(name) && !value.startsWith("file:");
        out.append(" --").append(name);
        if (isSecret) {
            out.append("=..."); // not into terminals' and supervisors' logs
        } else if (!value.equals("true")) {
            out.append('=').append(value.isEmpty() ? "" : GoText.shellWord(value));
        }
    }
}
