package dev.remora.sidecar.cli;

import dev.remora.base.MalformedException;
import dev.remora.sidecar.cli.Command.Invocation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// `healthcheck`: whether the node is ready, as a container's `HEALTHCHECK` wants it: exit code 0 or 1, and why in one line.
final class HealthcheckCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private HealthcheckCommand() {}

    static Command command() {
        return Command.of(
                        "healthcheck",
                        "Tell whether the node is ready, by exit code",
                        "healthcheck [flags]",
                        () ->
                                new Flags()
                                        .text(
                                                "require",
                                                "ip,backend",
                                                "what has to hold, with commas between: ip, control, path, backend"),
                        HealthcheckCommand::run)
                .withDetails(
                        """
                        Exit code 0: everything that --require names holds. Exit code 1: something does not, or the daemon does not answer; the reason is printed.
                        """);
    }

    private static int run(Invocation call) throws CommandException {
        call.refuseWords();
        String target = "remora/ready?require=" + call.flags().text("require");
        try {
            Optional<LocalApi.Answer> answer =
                    call.daemon().ask("GET", target, Map.of(), null, PATIENCE);
            if (answer.isEmpty()) {
                throw new CommandException("the daemon does not answer");
            }
            call.println("ready");
            return 0;
        } catch (DaemonException e) {
            throw new CommandException(e.status() == 503 ? why(e) : e.message());
        }
    }

    /// The first condition that does not hold.
    private static String why(DaemonException answer) throws CommandException {
        try {
            Tree tree = Tree.parse(answer.body().getBytes(StandardCharsets.UTF_8));
            return tree.at("checks").members().entrySet().stream()
                    .filter(check -> !check.getValue().at("ok").bool())
                    .map(check ->
                            "not ready (%s, %s): %s"
                                    .formatted(
                                            check.getKey(),
                                            check.getValue().at("reason").text(),
                                            check.getValue().at("message").text()))
                    .findFirst()
                    .orElse("not ready");
        } catch (MalformedException e) {
            throw new CommandException("the daemon's answer makes no sense: " + e.reason());
        }
    }
}
