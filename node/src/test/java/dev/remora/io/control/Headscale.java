package dev.remora.io.control;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real headscale on loopback, with TLS, its relay embedded and everything else in a folder of its own.
public final class Headscale implements AutoCloseable {
    private final Path binary;
    private final Path folder;
    private final int port;
    private Process server;

    private Headscale(Path binary, Path folder, int port) throws IOException {
        this.binary = binary;
        this.folder = folder;
        this.port = port;
        this.server = serve();
    }

    /// The program, where the lab has installed it.
    public static Optional<Path> binary() throws IOException {
        String cache = System.getenv("REMORA_CACHE");
        Path peers =
                Path.of(cache == null ? System.getProperty("user.home") + "/.cache/remora" : cache)
                        .resolve("peers");
        if (!Files.isDirectory(peers)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(peers)) {
            return versions.map(v -> v.resolve("bin/headscale"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    /// Starts a server with one user, whom all nodes belong to.
    public static Headscale start(Path binary, Path folder) throws Exception {
        int port = freePort();
        Path tls = Path.of("src/test/resources/tls").toAbsolutePath();
        Files.writeString(
                folder.resolve("policy.hujson"),
                "{\"acls\":[{\"action\":\"accept\",\"src\":[\"*\"],\"dst\":[\"*:*\"]}]}");
        Files.writeString(
                folder.resolve("config.yaml"),
                """
                server_url: https://localhost:%1$d
                listen_addr: 127.0.0.1:%1$d
                metrics_listen_addr: 127.0.0.1:0
                grpc_listen_addr: 127.0.0.1:0
                noise: {private_key_path: %2$s/noise.key}
                prefixes: {v4: 100.64.0.0/10, v6: fd7a:115c:a1e0::/48, allocation: sequential}
                derp:
                  server: {enabled: true, region_id: 999, region_code: lab, region_name: lab, stun_listen_addr: "127.0.0.1:0", private_key_path: %2$s/derp.key, automatically_add_embedded_derp_region: true, ipv4: 127.0.0.1, verify_clients: false}
                  urls: []
                  paths: []
                  auto_update_enabled: false
                tls_cert_path: %3$s/server.pem
                tls_key_path: %3$s/server.key
                database: {type: sqlite, sqlite: {path: %2$s/db.sqlite, write_ahead_log: true}}
                dns: {magic_dns: true, base_domain: lab.test, override_local_dns: false, nameservers: {global: []}}
                log: {level: info}
                policy: {mode: file, path: %2$s/policy.hujson}
                unix_socket: %2$s/hs.sock
                unix_socket_permission: "0770"
                disable_check_updates: true
                logtail: {enabled: false}
                """
                        .formatted(port, folder, tls));
        Headscale headscale = new Headscale(binary, folder, port);
        headscale.awaitReady();
        headscale.run("users", "create", "u");
        return headscale;
    }

    /// For a moment nobody listens on it; nobody else on this machine takes it meanwhile, we hope.
    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private Process serve() throws IOException {
        return new ProcessBuilder(
                        binary.toString(), "-c", folder.resolve("config.yaml").toString(), "serve")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    private void awaitReady() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (run("users", "list").rc != 0) {
            if (System.nanoTime() > deadline || !server.isAlive()) {
                throw new IllegalStateException("headscale does not start: " + log());
            }
            server.waitFor(100, TimeUnit.MILLISECONDS);
        }
    }

    public ControlUrl url() {
        return new ControlUrl(true, "localhost", port, "");
    }

    /// A key good for many nodes.
    public String authKey(String... more) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("preauthkeys", "create", "-u", "1", "-e", "24h"));
        command.addAll(Arrays.asList(more));
        return run(command.toArray(String[]::new))
                .out
                .lines()
                .reduce("", (a, b) -> b.isBlank() ? a : b.strip());
    }

    public record Result(int rc, String out) {}

    /// Runs a command of the administrator.
    public Result run(String... command) throws IOException, InterruptedException {
        List<String> all =
                new ArrayList<>(
                        List.of(binary.toString(), "-c", folder.resolve("config.yaml").toString()));
        all.addAll(Arrays.asList(command));
        Process process =
                new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String out = new String(process.getInputStream().readAllBytes());
        return new Result(process.waitFor(), out);
    }

    /// Ends the server at once, and starts it again.
    public void restart() throws Exception {
        server.destroyForcibly().waitFor();
        server = serve();
        awaitReady();
    }

    public String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    @Override
    public void close() throws Exception {
        server.destroyForcibly().waitFor();
    }
}
