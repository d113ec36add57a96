package dev.remora.lab.peers;

import dev.remora.lab.net.Host;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabException;
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

/// A real headscale: the control server of a lab's tailnet, by default with its embedded relay.
///
/// It knows the users `alice` and `bob`, and names nodes under [#DOMAIN].
public final class Headscale extends Service implements ControlServer {
    /// What MagicDNS names end in.
    public static final String DOMAIN = "lab.test";

    private static final Duration START_TIME = Duration.ofSeconds(60);

    private final CertificateAuthority authority;
    private final Path folder;
    private final Path policy;

    private Headscale(Host host, CertificateAuthority authority, HeadscaleOptions options) {
        super(host);
        this.authority = authority;
        this.folder = host.folder("headscale");
        this.policy = folder.resolve("policy.hujson");
        Path certificates = authority.issue(host.ip4());
        write(policy, options.policy());
        write(folder.resolve("config.yaml"), config(certificates, options));
    }

    /// Starts one on `host` and waits until it answers.
    public static Headscale start(
            Host host, CertificateAuthority authority, HeadscaleOptions options) {
        Headscale headscale = new Headscale(host, authority, options);
        headscale.start();
        for (String user : List.of("alice", "bob")) {
            headscale.cli("users", "create", user).orThrow();
        }
        return headscale;
    }

    private String config(Path certificates, HeadscaleOptions options) {
        return """
        server_url: https://%1$s
        listen_addr: "[::]:443"
        metrics_listen_addr: 127.0.0.1:9090
        grpc_listen_addr: 127.0.0.1:50443
        noise: {private_key_path: %2$s/noise.key}
        prefixes: {v4: 100.64.0.0/10, v6: fd7a:115c:a1e0::/48, allocation: sequential}
        derp:
          server:
            enabled: %3$s
            region_id: 999
            region_code: lab
            region_name: lab
            stun_listen_addr: "[::]:3478"
            private_key_path: %2$s/derp.key
            automatically_add_embedded_derp_region: true
            ipv4: %1$s
            ipv6: "%7$s"
            verify_clients: false
          urls: []
          paths: %4$s
          auto_update_enabled: false
        tls_cert_path: %5$s/%1$s.crt
        tls_key_path: %5$s/%1$s.key
        database: {type: sqlite, sqlite: {path: %2$s/db.sqlite, write_ahead_log: true}}
        dns: {magic_dns: true, base_domain: %6$s, override_local_dns: false, nameservers: {global: []}}
        log: {level: info}
        policy: {mode: file, path: %2$s/policy.hujson}
        tuning: %8$s
        unix_socket: %2$s/hs.sock
        unix_socket_permission: "0770"
        disable_check_updates: true
        logtail: {enabled: false}
        """
                .formatted(
                        host().ip4(),
                        folder,
                        options.embeddedRelay(),
                        options.derpMaps(),
                        certificates,
                        DOMAIN,
                        host().ip6().orElse(""),
                        options.gathers()
                                ? "{}"
                                : "{node_store_batch_timeout: 10ms, batch_change_delay: 10ms}");
    }

    @Override
    LabProcess launch() {
        LabProcess launched = host().start("headscale", Map.of(), command(List.of("serve")));
        launched.awaitReady(START_TIME, "headscale answered", this::answers);
        return launched;
    }

    private boolean answers() {
        String root = authority.root().toString();
        return host().run("curl", "-sf", "--cacert", root, url() + "/health").ok();
    }

    private List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Programs.peer("headscale"));
        command.addAll(List.of("-c", folder.resolve("config.yaml").toString()));
        command.addAll(arguments);
        return command;
    }

    @Override
    public Result cli(String... arguments) {
        return host().run(command(List.of(arguments)), Shell.PATIENCE);
    }

    @Override
    public String authKey(AuthKeyRequest request) {
        List<String> arguments = new ArrayList<>(List.of("preauthkeys", "create"));
        arguments.addAll(List.of("--user", userId(request.user())));
        arguments.addAll(request.flags());
        return json(arguments.toArray(String[]::new)).at("key").text();
    }

    private String userId(String name) {
        return json("users", "list")
                .each()
                .filter(user -> user.at("name").text().equals(name))
                .map(user -> user.at("id").text())
                .findFirst()
                .orElseThrow(() -> new LabException("headscale knows no user " + name));
    }

    @Override
    public List<Json> nodes() {
        return json("nodes", "list").each().toList();
    }

    /// Expires the key of the node of this name, so that it has to register again.
    public void expire(String name) {
        cli("nodes", "expire", "--identifier", nodeId(name)).orThrow();
    }

    /// Deletes the node of this name. Nobody tells it.
    public void delete(String name) {
        cli("nodes", "delete", "--identifier", nodeId(name), "--force").orThrow();
    }

    @Override
    public void approve(String authId, String user) {
        cli("auth", "register", "--auth-id", authId, "--user", user).orThrow();
    }

    /// Replaces the policy and lets headscale send what follows from it to all nodes.
    @Override
    public void policy(String hujson) {
        int reloads = reloads();
        write(policy, hujson);
        process().signal("HUP");
        Await.until("headscale to read its policy again", START_TIME, () -> reloads() > reloads);
    }

    private int reloads() {
        return (int) process().log().lines().filter(line -> line.contains(RELOADED)).count();
    }

    private static final String RELOADED = "Policy reload completed";

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
