package dev.remora.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.remora.lab.docker.DockerEngine;
import dev.remora.lab.net.Host;
import dev.remora.lab.net.NatBox;
import dev.remora.lab.net.Network;
import dev.remora.lab.peers.CertificateAuthority;
import dev.remora.lab.peers.Derper;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.LabFolder;
import dev.remora.lab.run.LabProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A private network with a tailnet on it, made of what a test asks for:
///
/// ```java
/// try (Lab lab = Lab.create()) {
///     Headscale headscale = lab.headscale();
///     Tailscaled alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.TUN);
///     RemoraDaemon app = lab.remora(lab.nat("home", Mapping.ENDPOINT_INDEPENDENT).host("app"));
///     alpha.up(headscale);
///     app.up(headscale);
///     …
/// }
/// ```
///
/// Tests get one per class through [LabExtension]. Closing it ends everything that was started in it and removes
/// every trace; what a crashed JVM left behind, the next lab on the machine removes.
public final class Lab implements AutoCloseable {
    private static final int TAIL = 40;

    private final LabFolder folder;
    private final Network network;
    private final CertificateAuthority authority;
    private final Thread atExit = new Thread(this::clearAway, "lab-at-exit");
    private Optional<Headscale> headscale = Optional.empty();
    private Optional<DockerEngine> docker = Optional.empty();

    private Lab() {
        this.folder = LabFolder.create();
        Runtime.getRuntime().addShutdownHook(atExit);
        this.network = new Network(folder);
        this.authority = new CertificateAuthority(folder);
    }

    /// Makes an empty network, after clearing away what crashed labs left behind.
    public static Lab create() {
        Network.clearAbandoned();
        return new Lab();
    }

    /// Makes a host with public addresses.
    ///
    /// @param name at most 12 characters, also its name on the tailnet
    public Host host(String name) {
        return network.host(name);
    }

    /// Makes a NAT box; hosts behind it are made by [NatBox#host(String)].
    public NatBox nat(String name, NatBox.Mapping mapping) {
        return network.nat(name, mapping);
    }

    /// The control server, started on a host `ctl` when first asked for: one that tells of changes at once.
    public Headscale headscale() {
        return headscale.orElseGet(() -> headscale(HeadscaleOptions.atOnce()));
    }

    /// Starts the control server on a host `ctl` with these options.
    public Headscale headscale(HeadscaleOptions options) {
        Headscale started = Headscale.start(host("ctl"), authority, options);
        headscale = Optional.of(started);
        return started;
    }

    /// Starts a real relay on a host of that name.
    public Derper derper(String hostName, int regionId) {
        return Derper.start(host(hostName), authority, regionId);
    }

    /// Starts a real tailscaled, logged out.
    public Tailscaled tailscaled(Host host, Tailscaled.Mode mode, String... flags) {
        Tailscaled tailscaled = Tailscaled.on(host, authority, mode, flags);
        tailscaled.start();
        return tailscaled;
    }

    /// Starts our own daemon, logged out.
    public RemoraDaemon remora(Host host, String... flags) {
        RemoraDaemon remora = RemoraDaemon.on(host, authority, flags);
        remora.start();
        return remora;
    }

    /// The machine's Docker engine, plugged into this lab's network when first asked for. No other lab has it until this one is closed.
    public DockerEngine docker() {
        return docker.orElseGet(() -> {
            DockerEngine joined = DockerEngine.join(folder, network);
            docker = Optional.of(joined);
            return joined;
        });
    }

    /// Issues certificates that the lab's daemons trust.
    public CertificateAuthority authority() {
        return authority;
    }

    /// Where everything of this lab lies: states, sockets, logs.
    public Path folder() {
        return folder.path();
    }

    /// Starts a program outside of the lab's hosts.
    public LabProcess start(String name, List<String> command) {
        return LabProcess.start(folder, name, Map.of(), command);
    }

    /// Prints the end of every log, for whoever has to find out why a test failed.
    public void printLogs(PrintStream out) {
        docker.ifPresent(engine -> engine.printLogs(out));
        for (Path log : folder.logs()) {
            out.println("==== " + log.getFileName());
            try {
                List<String> lines = new String(Files.readAllBytes(log), UTF_8).lines().toList();
                lines.subList(Math.max(0, lines.size() - TAIL), lines.size()).forEach(out::println);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        clearAway();
    }

    private void clearAway() {
        docker.ifPresent(DockerEngine::close);
        folder.killProcesses();
        network.close();
        folder.delete();
    }
}
