package dev.remora.sidecar.cli;

import java.nio.file.Path;

/// The daemon did not do what it was asked.
class DaemonException extends CommandException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String statusLine;
    private final String body;

    /// @param statusLine the number and its words
    /// @param message what to tell the user
    DaemonException(int status, String statusLine, String body, String message) {
        super(message);
        this.status = status;
        this.statusLine = statusLine;
        this.body = body;
    }

    int status() {
        return status;
    }

    /// It answered, and not for want of rights.
    boolean isRefusal() {
        return status != 0 && status != FORBIDDEN;
    }

    private static final int FORBIDDEN = 403;

    String statusLine() {
        return statusLine;
    }

    String body() {
        return body;
    }

    /// The caller may not do this: root and the daemon's own user may, and whom they name as operator.
    static final class AccessDenied extends DaemonException {
        private static final long serialVersionUID = 1;

        AccessDenied(String reason) {
            super(FORBIDDEN, "403 Forbidden", reason, "Access denied: " + reason);
        }
    }

    /// Nobody answers on the socket.
    static final class Unreachable extends DaemonException {
        private static final long serialVersionUID = 1;

        private final boolean isForbidden;

        /// @param isForbidden waiting cannot help: this user may not use the socket
        Unreachable(String path, Path socket, String reason, boolean isForbidden) {
            super(
                    0,
                    "",
                    "",
                    "Failed to connect to local Tailscale daemon for "
                            + path
                            + "; not running? Error: dial unix "
                            + socket
                            + ": connect: "
                            + reason);
            this.isForbidden = isForbidden;
        }

        boolean isForbidden() {
            return isForbidden;
        }
    }
}
