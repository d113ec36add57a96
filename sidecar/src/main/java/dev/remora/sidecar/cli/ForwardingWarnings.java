package dev.remora.sidecar.cli;

import dev.remora.sidecar.cli.Command.Invocation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the daemon has to say about a machine that is about to forward packets for others.
final class ForwardingWarnings {
    private ForwardingWarnings() {}

    static void print(Map<String, @Nullable Object> prefs, Invocation call)
            throws CommandException {
        if (new Tree(prefs).at("AdvertiseRoutes").items().isEmpty()) {
            return;
        }
        for (String check : List.of("check-ip-forwarding", "check-udp-gro-forwarding")) {
            String warning = call.daemon().get(check).at("Warning").text();
            if (!warning.isEmpty()) {
                call.println("Warning: " + warning);
            }
        }
    }
}
