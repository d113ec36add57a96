package dev.remora.sidecar.cli;

import java.util.List;

/// A target that is not on this machine can be reached only by a daemon that keeps its own packets off the tailnet's routes.
final class RemoteTarget {
    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "::1");

    private RemoteTarget() {}

    /// Asks the daemon, if it puts the tailnet's routes into the system at all.
    static void check(String target, Status status, LocalApi daemon) throws CommandException {
        boolean mayLoop = status.tree().at("TUN").bool() && isRemote(target);
        if (mayLoop && !daemon.get("check-so-mark-in-use").at("UseSOMark").bool()) {
            throw new CommandException(
                    "Warning: Tailscale doesn't support connecting to remote destinations from non-default route on this machine");
        }
    }

    private static boolean isRemote(String target) {
        int scheme = target.indexOf("://");
        if (scheme < 0) {
            return false; // only a target with a scheme may be elsewhere
        }
        String authority = target.substring(scheme + 3).split("[/?#]", 2)[0];
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']');
        String host = hasPort ? authority.substring(0, colon) : authority;
        return !LOCAL.contains(host.replace("[", "").replace("]", ""));
    }
}
