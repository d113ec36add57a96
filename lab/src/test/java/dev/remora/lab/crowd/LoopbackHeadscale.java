package dev.remora.lab.crowd;

import dev.remora.lab.Lab;
import dev.remora.lab.peers.Programs;
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

/// A real headscale.
public final class LoopbackHeadscale implements LoopbackControl {
    private static final Duration START_TIME = Duration.ofSeconds(60);
    private static final String RELOADED = "Policy reload completed";

    private final Lab lab;
    private final Path folder;
    private final int port = LoopbackControl.freePort();
    private LabProcess process;

    private LoopbackHeadscale(Lab lab) {
        this.lab = lab;
        this.folder = lab.folder();
        write(
                "loopback-policy.hujson",
                "{\"acls\":[{\"action\":\"accept\",\"src\":[\"*\"],\"dst\":[\"*:*\"]}]}");
        write("loopback-derp.yaml", DERP);
        write("loopback-records.json", "[]");
        write("loopback-headscale.yaml", config());
        this.process = launch();
    }

    /// Starts one and waits until it answers.
    public static LoopbackHeadscale start(Lab lab) {
        LoopbackHeadscale headscale = new LoopbackHeadscale(lab);
        for (String user : List.of("alice", "bob")) {
            headscale.cli("users", "create", user).orThrow();
        }
        return headscale;
    }

    /// A relay that nobody here asks for.
    private static final String DERP =
            "regions: {900: {regionid: 900, regioncode: none, regionname: none, nodes: [{name: none, regionid: 900,"
                    + " hostname: relay.invalid}]}}\n";

    private String config() {
        return """
        server_url: http://127.0.0.1:%1$d
        listen_addr: 127.0.0.1:%1$d
        metrics_listen_addr: 127.0.0.1:%2$d
        grpc_listen_addr: 127.0.0.1:%3$d
        noise: {private_key_path: %4$s/loopback-noise.key}
        prefixes: {v4: 100.64.0.0/10, v6: fd7a:115c:a1e0::/48, allocation: sequential}
        derp: {server: {enabled: false}, urls: [], paths: [%4$s/loopback-derp.yaml], auto_update_enabled: false}
        database: {type: sqlite, sqlite: {path: %4$s/loopback.sqlite, write_ahead_log: true}}
        dns: {magic_dns: true, base_domain: lab.test, override_local_dns: false, nameservers: {global: []}, extra_records_path: %4$s/loopback-records.json}
        log: {level: info}
        policy: {mode: file, path: %4$s/loopback-policy.hujson}
        unix_socket: %4$s/loopback-headscale.sock
        unix_socket_permission: "0770"
        disable_check_updates: true
        logtail: {enabled: false}
        """
                .formatted(port, LoopbackControl.freePort(), LoopbackControl.freePort(), folder);
    }

    private LabProcess launch() {
        LabProcess launched = lab.start("loopback-headscale", command("serve"));
        launched.awaitReady(START_TIME, "headscale answered", this::answers);
        return launched;
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        String config = folder.resolve("loopback-headscale.yaml").toString();
        command.addAll(List.of(Programs.peer("headscale"), "-c", config));
        command.addAll(List.of(arguments));
        return command;
    }

    @Override
    public Result cli(String... arguments) {
        return Shell.run(command(arguments).toArray(String[]::new));
    }

    @Override
    public String label() {
        return "headscale 0.29.0";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public LabProcess process() {
        return process;
    }

    @Override
    public String authKey(String user) {
        String json = "--output=json";
        String id =
                Json.parse(cli("users", "list", json).orThrow().stdout())
                        .each()
                        .filter(one -> one.at("name").text().equals(user))
                        .map(one -> one.at("id").text())
                        .findFirst()
                        .orElseThrow(() -> new LabException("headscale knows no user " + user));
        Result made = cli("preauthkeys", "create", "--user", id, "--reusable", json).orThrow();
        return Json.parse(made.stdout()).at("key").text();
    }

    @Override
    public void policy(String hujson) {
        long before = reloads();
        write("loopback-policy.hujson", hujson);
        process.signal("HUP");
        Await.until("headscale to read its policy again", START_TIME, () -> reloads() > before);
    }

    private long reloads() {
        return process.log().lines().filter(line -> line.contains(RELOADED)).count();
    }

    @Override
    public void kill() {
        process.kill();
    }

    @Override
    public void start() {
        process = launch();
    }

    private void write(String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
