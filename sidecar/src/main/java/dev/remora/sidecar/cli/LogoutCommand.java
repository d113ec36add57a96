package dev.remora.sidecar.cli;

/// `logout`: leave the tailnet and let the node key expire.
final class LogoutCommand {
    private LogoutCommand() {}

    static Command command() {
        return Command.of(
                "logout",
                "Disconnect and expire this node's key",
                "logout",
                () -> new Flags().text("reason", "", "why, where a policy wants to know"),
                call -> {
                    call.refuseWords();
                    call.daemon().send("POST", "logout", DownCommand.reason(call), null);
                    return 0;
                });
    }
}
