package dev.remora.sidecar.life;

import dev.remora.sidecar.localapi.ApiResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Requests of the local API that belong to parts which this program does not have. Each is answered with a sentence that a command shows to a person as
/// it stands.
///
/// @param path of the request, or how it begins if this ends in a slash or a dash
/// @param what the beginning of the sentence
/// @param denied what is said to those who may not ask for it
/// @param form how the sentence is put: commands that expect JSON take it out of an object, others print the body
record MissingPart(String path, String what, String denied, Form form) {
    private enum Form {
        JSON,
        TEXT
    }

    private static final String DENIED = "access denied";
    private static final String NO_DEBUGGING = "debug access denied";

    private static final List<MissingPart> ALL =
            List.of(
                    json("cert/", "Certificates are", "cert access denied"),
                    json(
                            "dns-query",
                            "DNS queries through the daemon are",
                            "dns-query access denied"),
                    json("set-dns", "DNS challenges are", DENIED),
                    json("file-put/", "Files for other nodes are", "file access denied"),
                    json("files/", "Files from other nodes are", "file access denied"),
                    json("drive/", "Shared folders are", DENIED),
                    json("tka/", "Tailnet lock is", DENIED),
                    json("id-token", "Identity tokens are", "id-token access denied"),
                    json("set-expiry-sooner", "Shortening the key's life is", DENIED),
                    json("set-use-exit-node-enabled", "Using an exit node is", DENIED),
                    json(
                            "reset-auth",
                            "Resetting all profiles is",
                            "reset-auth modify access denied"),
                    json("routecheck", "Looking for the best of several routers is", DENIED),
                    json("update/", "Updating itself is", DENIED),
                    text(
                            "logtap",
                            "Following the log through the socket is",
                            "logtap access denied"),
                    text("goroutines", "Looking into the process is", NO_DEBUGGING),
                    text("pprof", "Looking into the process is", NO_DEBUGGING),
                    text("debug-portmap", "Port mapping is", NO_DEBUGGING),
                    text("debug-capture", "Capturing packets is", NO_DEBUGGING),
                    text("debug-dial-types", "Connections through the daemon are", NO_DEBUGGING),
                    json("debug-derp-region", "Examining a relay is", NO_DEBUGGING),
                    json("debug-", "This way of debugging is", NO_DEBUGGING),
                    json("dev-", "This way of debugging is", NO_DEBUGGING));

    private static MissingPart json(String path, String what, String denied) {
        return new MissingPart(path, what, denied, Form.JSON);
    }

    private static MissingPart text(String path, String what, String denied) {
        return new MissingPart(path, what, denied, Form.TEXT);
    }

    /// The part that this path belongs to; empty if it belongs to none that we know of.
    static Optional<MissingPart> of(String path) {
        return ALL.stream().filter(part -> part.has(path)).findFirst();
    }

    private boolean has(String asked) {
        boolean isBeginning = path.endsWith("/") || path.endsWith("-");
        return isBeginning ? asked.startsWith(path) : asked.equals(path);
    }

    ApiResponse answer() {
        String sentence = what + " not supported by this program.";
        return switch (form) {
            case JSON -> ApiResponse.json(501, Map.of("error", sentence));
            case TEXT -> ApiResponse.text(501, sentence);
        };
    }
}
