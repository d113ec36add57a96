package dev.remora.server.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the `ssh` section.
final class SshReader {
    private static final double MAX_CHECK_HOURS = 168;
    private static final Pattern DURATION =
            Pattern.compile("(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?(?:ms|s|m|h))+");
    private static final Pattern SPAN = Pattern.compile("([0-9.]+)(ms|s|m|h)");

    private final AliasReader aliases;
    private final Problems problems;

    SshReader(AliasReader aliases, Problems problems) {
        this.aliases = aliases;
        this.problems = problems;
    }

    SshRule rule(HuJson value) {
        Fields rule =
                Fields.of(
                        value,
                        problems,
                        "action",
                        "src",
                        "dst",
                        "users",
                        "checkPeriod",
                        "acceptEnv");
        boolean check = action(rule);
        List<Alias> from = aliases.list(rule, "src", AliasReader.Use.SSH_SOURCE);
        List<Alias> to = aliases.list(rule, "dst", AliasReader.Use.SSH_DESTINATION);
        checkPair(rule, from, to);
        checkPeriod(rule, check);
        for (HuJson.Text text : rule.texts("acceptEnv")) {
            if (text.text().isEmpty()) {
                problems.add(text.at(), "a variable of acceptEnv has a name");
            }
        }
        return new SshRule(from, to, logins(rule), check);
    }

    private boolean action(Fields rule) {
        HuJson.Text action = rule.text("action");
        if (action == null || !isAction(action.text().strip())) {
            problems.add(
                    action == null ? rule.at() : action.at(),
                    "the action of SSH is \"accept\" or \"check\"");
        }
        return action != null && action.text().strip().equals("check");
    }

    private static boolean isAction(String text) {
        return text.equals("accept") || text.equals("check");
    }

    private Set<String> logins(Fields rule) {
        Set<String> logins = new HashSet<>();
        for (HuJson.Text text : rule.texts("users")) {
            if (text.text().isEmpty() || text.text().equals("*")) {
                problems.add(text.at(), "\"" + text.text() + "\" is no login name");
            }
            logins.add(text.text());
        }
        if (rule.items("users").isEmpty()) {
            problems.add(rule.at(), "a rule for SSH needs \"users\"");
        }
        return logins;
    }

    /// Tags do not reach what belongs to people, and people only what is their own.
    private void checkPair(Fields rule, List<Alias> from, List<Alias> to) {
        boolean tagged =
                from.stream().anyMatch(a -> a instanceof Alias.Tag || a instanceof Alias.Tagged);
        for (Alias alias : to) {
            if (tagged && (alias instanceof Alias.Self || alias instanceof Alias.Members)) {
                problems.add(rule.at(), "by SSH, tagged nodes do not reach nodes of users");
            }
            if (alias instanceof Alias.Users && !from.equals(List.of(alias))) {
                problems.add(
                        rule.at(),
                        "by SSH, a user's nodes are reached by this user only; autogroup:self says so for all");
            }
        }
    }

    private void checkPeriod(Fields rule, boolean check) {
        HuJson.Text period = rule.text("checkPeriod");
        if (period == null) {
            return;
        }
        if (!check) {
            problems.add(period.at(), "\"checkPeriod\" goes with the action \"check\" only");
        } else if (!period.text().equals("always") && !isPeriod(period.text())) {
            problems.add(
                    period.at(),
                    "\"checkPeriod\" is \"always\" or a time up to 168h, as 12h or 1h30m");
        }
    }

    private static boolean isPeriod(String text) {
        if (!DURATION.matcher(text).matches()) {
            return false;
        }
        double hours = 0;
        Matcher spans = SPAN.matcher(text);
        while (spans.find()) {
            hours +=
                    Double.parseDouble(spans.group(1))
                            / switch (spans.group(2)) {
                                case "h" -> 1;
                                case "m" -> 60;
                                case "s" -> 3600;
                                default -> 3_600_000;
                            };
        }
        return hours <= MAX_CHECK_HOURS;
    }
}
