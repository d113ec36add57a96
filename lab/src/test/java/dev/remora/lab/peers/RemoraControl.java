package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Our own control server, with relay and STUN, as a process of its own and told what to do by its own commands.
///
/// It knows the users `alice` and `bob`, and names nodes as [Headscale] does.
public final class RemoraControl extends Service implements ControlServer {
    private static final Duration START_TIME = Duration.ofSeconds(60);
    private static final int HTTPS = 443;

    /// Each start is in another one, a day apart: no time that is kept or told may depend on it.
    private static final List<String> TIME_ZONES =
            List.of("Pacific/Kiritimati", "Pacific/Pago_Pago");

    private final int port;
    private final OptionalInt behind;
    private final Path folder;
    private final Path policy;
    private final Path certificates;
    private final List<String> flags;
    private int starts;

    private RemoraControl(
            Host host,
            CertificateAuthority authority,
            int port,
            OptionalInt behind,
            List<String> flags) {
        super(host);
        this.port = port;
        this.behind = behind;
        this.flags = flags;
        this.folder = host.folder("control");
        this.policy = host.folder("control-policy").resolve("policy.hujson");
        this.certificates = authority.issue(host.ip4());
    }

    /// Starts one on `host` and waits until it listens.
    ///
    /// @param flags added to its command line
    public static RemoraControl start(Host host, CertificateAuthority authority, String... flags) {
        return startAt(HTTPS, host, authority, flags);
    }

    /// The same at another port.
    public static RemoraControl startAt(
            int port, Host host, CertificateAuthority authority, String... flags) {
        return started(
                new RemoraControl(host, authority, port, OptionalInt.empty(), List.of(flags)));
    }

    /// One that speaks plain HTTP at this port of the loopback, behind a reverse proxy that ends TLS at port 443.
    public static RemoraControl startBehindProxy(
            int plain, Host host, CertificateAuthority authority) {
        RemoraControl control =
                new RemoraControl(host, authority, HTTPS, OptionalInt.of(plain), List.of());
        String files = control.certificate();
        Python.start(
                host, "reverse_proxy.py", host.ip4(), files + ".crt", files + ".key", "" + plain);
        return started(control);
    }

    private static RemoraControl started(RemoraControl control) {
        control.start();
        for (String user : List.of("alice", "bob")) {
            control.cli("users", "create", user).orThrow();
        }
        return control;
    }

    @Override
    LabProcess launch() {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of(
                        Programs.remora(),
                        "server",
                        "--state=" + folder,
                        "--url=" + url(),
                        "--base-domain=" + Headscale.DOMAIN));
        command.addAll(behind.isPresent() ? plain(behind.getAsInt()) : overTls());
        command.addAll(flags);
        Map<String, String> env = Map.of("TZ", TIME_ZONES.get(starts++ % TIME_ZONES.size()));
        return host().start("control", env, command).awaitSaid(START_TIME, "listening on ");
    }

    private List<String> overTls() {
        return List.of(
                "--listen=" + host().ip4() + ":" + port,
                "--tls=" + certificate() + ".crt," + certificate() + ".key");
    }

    private List<String> plain(int at) {
        return List.of(
                "--listen=127.0.0.1:" + at,
                "--tls=off",
                "--stun=" + host().ip4() + ":3478",
                "--trusted-proxies=127.0.0.1/32");
    }

    private String certificate() {
        return certificates.resolve(host().ip4()).toString();
    }

    @Override
    public String url() {
        return ControlServer.super.url() + (port == HTTPS ? "" : ":" + port);
    }

    @Override
    public Result cli(String... arguments) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(Programs.remora(), "server", "--state=" + folder));
        command.addAll(List.of(arguments));
        return host().run(command, Shell.PATIENCE);
    }

    @Override
    public String authKey(AuthKeyRequest request) {
        List<String> arguments = new ArrayList<>(List.of("preauthkeys", "create"));
        arguments.addAll(List.of("--user", request.user()));
        arguments.addAll(request.flags());
        return cli(arguments.toArray(String[]::new)).orThrow().stdout().strip();
    }

    @Override
    public void policy(String hujson) {
        cli("policy", "set", "--file=" + write(hujson)).orThrow();
    }

    /// A policy in a file, for the command that wants one.
    public Path write(String hujson) {
        try {
            return Files.writeString(policy, hujson);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void approve(String authId, String user) {
        cli("auth", "register", "--auth-id", authId, "--user", user).orThrow();
    }

    @Override
    public List<Json> nodes() {
        return json("nodes", "list").each().toList();
    }

    /// Ends the key of the node of this name.
    public void expire(String name) {
        change("expire", name);
    }

    public void delete(String name) {
        change("delete", name, "--force");
    }

    /// Runs one of the `nodes` commands on the node of this name.
    public void change(String verb, String name, String... more) {
        List<String> arguments = new ArrayList<>(List.of("nodes", verb, "--identifier", name));
        arguments.addAll(List.of(more));
        cli(arguments.toArray(String[]::new)).orThrow();
    }
}
