package dev.remora.lab.docker;

import dev.remora.lab.peers.Programs;
import java.nio.file.Path;
import java.util.List;

/// An image that a stack can name instead of `tailscale/tailscale`.
public enum DockerImage {
    /// Ours, with the run-time image that `./remora` has built of what this repository holds.
    REMORA("remora"),
    /// The official one, made of its released programs.
    OFFICIAL("remora-lab/official");

    private final String tag;

    DockerImage(String tag) {
        this.tag = tag;
    }

    /// What a stack's file names.
    public String tag() {
        return tag;
    }

    /// The words that `docker build` needs for it.
    List<String> recipe() {
        return switch (this) {
            case REMORA -> {
                Programs.remora();
                yield List.of("--target", "prebuilt", Programs.repository().toString());
            }
            case OFFICIAL -> {
                Path programs = Path.of(Programs.peer("containerboot")).resolveSibling("");
                Path file = Programs.repository().resolve("lab/official/Dockerfile");
                yield List.of("--file", file.toString(), programs.toString());
            }
        };
    }
}
