package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/// `down`: leave the tailnet until `up`, without logging out.
final class DownCommand {
    private DownCommand() {}

    static Command command() {
        return Command.of(
                "down",
                "Disconnect from the tailnet",
                "down",
                () ->
                        new Flags()
                                .text(
                                        "accept-risk",
                                        "",
                                        "accepted for scripts; nothing is asked here")
                                .text("reason", "", "why, where a policy wants to know"),
                DownCommand::run);
    }

    private static int run(Invocation call) throws CommandException {
        call.refuseWords();
        if (state(call).equals("Stopped")) {
            call.warn("Tailscale was already stopped.");
            return 0;
        }
        call.daemon()
                .send(
                        "PATCH",
                        "prefs",
                        reason(call),
                        Map.of("WantRunning", false, "WantRunningSet", true));
        return 0;
    }

    private static String state(Invocation call) throws CommandException {
        try {
            return Status.get(call.daemon()).state();
        } catch (DaemonException e) {
            throw new CommandException("error fetching current status: " + e.message(), e);
        }
    }

    /// The header that carries `--reason`: an RFC 2047 word, in Base64 once more.
    static Map<String, String> reason(Invocation call) {
        String reason = call.flags().text("reason");
        if (reason.isEmpty()) {
            return Map.of();
        }
        boolean isAscii = reason.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
        String word = isAscii ? reason : "=?utf-8?b?" + base64(reason) + "?=";
        return Map.of("X-Tailscale-Reason", base64(word));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
