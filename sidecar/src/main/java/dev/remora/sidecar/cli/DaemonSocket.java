package dev.remora.sidecar.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Where a daemon's socket may be for who was not told. In a container `TS_SOCKET` says where `containerboot` has it; a daemon that a stack starts by itself has it at the usual place.
public final class DaemonSocket {
    private static final Path USUAL = Path.of("/var/run/tailscale/tailscaled.sock");
    private static final String VARIABLE = "TS_SOCKET";

    private DaemonSocket() {}

    /// The places to look at, the first one first.
    static List<Path> places() {
        String named = System.getenv().getOrDefault(VARIABLE, "");
        return named.isEmpty() ? List.of(USUAL) : List.of(Path.of(named), USUAL);
    }

    /// The first of these where there is something, else the first.
    static Path among(List<Path> places) {
        return places.stream().filter(Files::exists).findFirst().orElse(places.getFirst());
    }

    /// Where it is now, or where it is to be expected.
    public static Path now() {
        return among(places());
    }
}
