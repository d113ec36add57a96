package dev.remora.lab.peers;

import dev.remora.lab.run.LabException;
import dev.remora.lab.run.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Where the programs are: the real peers in the cache that `lab/peers/install.sh` fills, ours in the repository.
public final class Programs {
    private static final Duration BUILD_TIME = Duration.ofMinutes(20);

    private Programs() {}

    /// A real peer's path.
    ///
    /// @throws LabException saying how to get it, if it has not been built
    public static String peer(String name) {
        Path program = Peers.FOLDER.resolve(name);
        if (!Files.isExecutable(program)) {
            throw new LabException(program + " is missing: run lab/peers/install.sh once");
        }
        return program.toString();
    }

    /// A part of a Kubernetes cluster.
    public static String kube(String name) {
        return Kube.FOLDER.resolve(name).toString();
    }

    /// Whether the parts of a Kubernetes cluster have been built.
    public static boolean kubeInstalled() {
        return Files.isExecutable(Kube.FOLDER.resolve("kube-apiserver"));
    }

    /// Whether the real peers have been built.
    public static boolean peersInstalled() {
        return Files.isExecutable(Peers.FOLDER.resolve("tailscaled"));
    }

    /// Our own program in its run-time image, which the launcher in the repository's root builds first if it is not
    /// there or not of these sources. Hosts of the lab start it from there: they could not build, without Internet.
    public static String remora() {
        return Remora.PROGRAM;
    }

    /// The root of the repository we were started in.
    public static Path repository() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("lab/peers/install.sh"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new LabException(
                        "not inside the repository: " + Path.of("").toAbsolutePath());
            }
            folder = parent;
        }
        return folder;
    }

    private static final class Peers {
        static final Path FOLDER = folder("lab/peers/install.sh");
    }

    private static final class Kube {
        static final Path FOLDER = folder("lab/kube/install.sh");
    }

    /// Where an installer puts what it builds.
    private static Path folder(String installer) {
        String script = repository().resolve(installer).toString();
        return Path.of(Shell.run(script, "--where").orThrow().stdout().strip());
    }

    private static final class Remora {
        static final String PROGRAM = build();

        private static String build() {
            String launcher = repository().resolve("remora").toString();
            Shell.run(List.of(launcher, "version"), Map.of(), "", BUILD_TIME).orThrow();
            return repository().resolve("sidecar/target/image/bin/remora").toString();
        }
    }
}
