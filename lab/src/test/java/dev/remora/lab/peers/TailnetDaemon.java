package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A node of the tailnet on a host of the lab, real or ours: a daemon with its state, its socket and the command
/// line that goes with it. Both kinds take the same words, so most tests need not know which they have.
public abstract class TailnetDaemon {
    private static final Duration START_TIME = Duration.ofSeconds(60);
    private static final Duration UP_TIME = Duration.ofSeconds(90);

    private final Host host;
    private final Path state;
    private final Path socket;
    private final Map<String, String> env;
    private Optional<LabProcess> process = Optional.empty();

    TailnetDaemon(Host host, Map<String, String> env) {
        this.host = host;
        this.env = env;
        this.state = host.folder(program() + "-state");
        this.socket = host.folder("run").resolve(program() + ".sock");
    }

    /// The daemon's name, for logs and folders.
    abstract String program();

    abstract List<String> daemonCommand();

    /// The command line that goes with this daemon, without arguments.
    abstract List<String> cliCommand();

    /// Starts the daemon, on the state it has if it ran before, and waits until it answers its command line.
    public void start() {
        launch();
        process()
                .awaitReady(
                        START_TIME,
                        program() + " answered",
                        () -> Files.exists(socket) && cli("status", "--json").ok());
    }

    /// Starts the daemon and waits for nothing.
    public void launch() {
        process = Optional.of(host.start(program(), env, daemonCommand()));
    }

    public void stop() {
        process().stop();
    }

    /// Ends it without warning, as a crash would.
    public void kill() {
        process().kill();
    }

    public void restart() {
        stop();
        start();
    }

    public LabProcess process() {
        return process.orElseThrow(() -> new LabException(program() + " was never started"));
    }

    public Host host() {
        return host;
    }

    /// The folder given as `--statedir`.
    public Path state() {
        return state;
    }

    /// The Unix socket of its LocalAPI.
    public Path socket() {
        return socket;
    }

    public Result cli(String... arguments) {
        return cli(Shell.PATIENCE, arguments);
    }

    /// Runs the command line that goes with it, as root on the same host.
    public Result cli(Duration patience, String... arguments) {
        return run(cliCommand(), patience, arguments);
    }

    /// Runs somebody else's command line against this daemon's socket.
    public Result cliOf(TailnetDaemon other, String... arguments) {
        return run(other.cliCommand(), Shell.PATIENCE, arguments);
    }

    private Result run(List<String> program, Duration patience, String... arguments) {
        List<String> command = new ArrayList<>(program);
        command.add("--socket=" + socket);
        command.addAll(List.of(arguments));
        return host.run(command, env, "", patience);
    }

    /// Joins the tailnet under the host's name.
    public void up(ControlServer control, String... flags) {
        up(control, control.authKey(), flags);
    }

    /// The same with an auth key that is made for it.
    public void up(ControlServer control, AuthKeyRequest key, String... flags) {
        up(control, control.authKey(key), flags);
    }

    /// Joins the tailnet under the host's name with this auth key, and waits until it runs.
    public void up(ControlServer control, String authKey, String... flags) {
        List<String> arguments = new ArrayList<>();
        arguments.add("up");
        arguments.add("--login-server=" + control.url());
        arguments.add("--auth-key=" + authKey);
        arguments.add("--hostname=" + host.name());
        arguments.addAll(List.of(flags));
        cli(UP_TIME, arguments.toArray(String[]::new)).orThrow();
        awaitRunning();
    }

    /// Begins to join by a page that somebody has to approve.
    ///
    /// @return the command, which shows the page and waits
    public LabProcess logIn(ControlServer control, String name, String... flags) {
        List<String> command = new ArrayList<>(cliCommand());
        command.addAll(List.of("--socket=" + socket, "up", "--login-server=" + control.url()));
        command.add("--hostname=" + host.name());
        command.addAll(List.of(flags));
        return host.start(name, env, command);
    }

    /// Waits until it says that it runs and has its addresses.
    public void awaitRunning() {
        Await.until(
                host.name() + " to run",
                UP_TIME,
                () -> {
                    Json status = status();
                    return status.at("BackendState").text().equals("Running")
                            && status.at("TailscaleIPs").each().count() > 1;
                });
    }

    /// What `status --json` says.
    public Json status() {
        return Json.parse(cli("status", "--json").orThrow().stdout());
    }

    /// A peer in [#status()], by its host name.
    public Optional<Json> peer(String hostName) {
        return status().at("Peer")
                .each()
                .filter(peer -> peer.at("DNSName").text().startsWith(hostName + "."))
                .findFirst();
    }

    /// Its IPv4 address on the tailnet.
    public String ip4() {
        return address('.');
    }

    /// Its IPv6 address on the tailnet.
    public String ip6() {
        return address(':');
    }

    private String address(char mark) {
        return status().at("TailscaleIPs")
                .each()
                .map(Json::text)
                .filter(ip -> ip.indexOf(mark) >= 0)
                .findFirst()
                .orElseThrow(() -> new LabException(host.name() + " has no such address"));
    }

    /// Its full name by MagicDNS.
    public String dnsName() {
        return host.name() + "." + Headscale.DOMAIN;
    }

    @Override
    public String toString() {
        return program() + " on " + host;
    }
}
