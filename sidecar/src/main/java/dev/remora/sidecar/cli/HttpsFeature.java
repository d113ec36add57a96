package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.util.Optional;

/// Serving HTTPS needs the control server's leave, which a person may have to ask for on a web page.
final class HttpsFeature {
    private static final String CAPABILITY = "https";

    private final Invocation call;

    HttpsFeature(Invocation call) {
        this.call = call;
    }

    /// Whether HTTPS may be served; waits for it if the control server says so.
    boolean enable() throws CommandException {
        if (isGranted(Status.withoutPeers(call.daemon()).self().tree())) {
            return true;
        }
        Tree answer = ask();
        if (answer.at("Complete").bool()) {
            return true;
        }
        for (String line : new String[] {answer.at("Text").text(), answer.at("URL").text()}) {
            if (!line.isEmpty()) {
                call.println(line);
            }
        }
        return answer.at("ShouldWait").bool() && await();
    }

    private static boolean isGranted(Tree node) {
        return !node.at("CapMap").at(CAPABILITY).isNull()
                || node.at("Capabilities").texts().contains(CAPABILITY);
    }

    private Tree ask() throws CommandException {
        try {
            return call.daemon().send("POST", "query-feature?feature=serve", null);
        } catch (DaemonException e) {
            throw new CommandException(
                    "error enabling https feature: error "
                            + e.statusLine()
                            + ": "
                            + e.body()
                            + ": ",
                    e);
        }
    }

    private boolean await() throws CommandException {
        try (IpnBus bus = call.daemon().watch(0)) {
            for (Optional<Tree> next = bus.next(); next.isPresent(); next = bus.next()) {
                if (isGranted(next.get().at("SelfChange"))) {
                    call.println("Success.");
                    return true;
                }
            }
        }
        throw new CommandException("the daemon ended while this waited for HTTPS");
    }
}
