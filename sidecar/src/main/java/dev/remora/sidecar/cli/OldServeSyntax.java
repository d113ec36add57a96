package dev.remora.sidecar.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The way `serve` was called years ago, which some scripts still have: `serve tcp:80 tcp://localhost:5000`. Refused, with what to write now.
final class OldServeSyntax {
    private static final Pattern KIND =
            Pattern.compile("(https|http|tcp|tls-terminated-tcp)(?::(\\d{1,5}))?");

    private OldServeSyntax() {}

    static void refuse(List<String> words, String program, String retry) throws CommandException {
        Matcher kind = KIND.matcher(words.getFirst());
        if (words.size() < 2 || !kind.matches()) {
            return;
        }
        String now = translate(kind.group(1), kind.group(2), words, program);
        throw new CommandException(
                "Error: the CLI for serve and funnel has changed. You can run the following command instead:\n\t- "
                        + now
                        + "\n\nPlease see https://tailscale.com/kb/1242/tailscale-serve for more information.\n"
                        + retry);
    }

    private static String translate(String kind, String port, List<String> words, String program) {
        List<String> now = new ArrayList<>(List.of(program, "serve", "--bg"));
        String given = port == null && kind.equals("http") ? "80" : port;
        if (given != null && !(kind.equals("https") && given.equals("443"))) {
            now.addAll(List.of("--" + kind, given));
        }
        List<String> rest = words.subList(1, words.size());
        boolean isWeb = kind.startsWith("http");
        if (isWeb && !rest.getFirst().equals("/") && !rest.getFirst().equals("off")) {
            now.addAll(List.of("--set-path", rest.getFirst()));
        }
        now.addAll(isWeb && !rest.getFirst().equals("off") ? rest.subList(1, rest.size()) : rest);
        return String.join(" ", now);
    }
}
