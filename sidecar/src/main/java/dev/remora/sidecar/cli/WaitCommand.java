package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// `wait`: until the node runs, also when its daemon is not there yet. Scripts put it before what needs the tailnet.
final class WaitCommand {
    private static final String TOO_LATE = "context deadline exceeded";

    private WaitCommand() {}

    static Command command() {
        return Command.of(
                        "wait",
                        "Wait until the node runs",
                        "wait [flags]",
                        () ->
                                new Flags()
                                        .duration(
                                                "timeout",
                                                "0s",
                                                "how long to wait before giving up; 0: for ever"),
                        WaitCommand::run)
                .withDetails(
                        """
                        Exit code 0: the node runs and has its addresses. Exit code 1: it did not in time.
                        """);
    }

    private static int run(Invocation call) throws CommandException {
        if (!call.words().isEmpty()) {
            throw new CommandException("unexpected arguments: " + GoText.quoted(call.words()));
        }
        Duration limit = call.flags().duration("timeout");
        Instant end = call.world().machine().now().plus(limit);
        while (true) {
            Duration left =
                    limit.isZero() ? limit : Duration.between(call.world().machine().now(), end);
            if (left.isNegative()) {
                throw new CommandException(TOO_LATE);
            }
            if (comesToRun(call.daemon().waitedForAtMost(left), left)) {
                return 0;
            }
        }
    }

    /// Follows one daemon.
    ///
    /// @return whether it came to run; else it ended before
    private static boolean comesToRun(LocalApi daemon, Duration left) throws CommandException {
        try (IpnBus bus = daemon.watch(IpnBus.INITIAL_STATE)) {
            bus.limit(left);
            for (Optional<Tree> next = bus.next(); next.isPresent(); next = bus.next()) {
                Tree state = next.get().at("State");
                if (!state.isNull() && state.number() == IpnBus.RUNNING) {
                    return true;
                }
            }
            if (bus.timedOut()) {
                throw new CommandException(TOO_LATE);
            }
            return false;
        } catch (DaemonException.Unreachable e) {
            throw e.isForbidden() ? e : new CommandException(TOO_LATE, e);
        }
    }
}
