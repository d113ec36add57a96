package dev.remora.lab.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.net.Host;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import dev.remora.lab.run.Result;
import dev.remora.lab.run.Shell;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What becomes of a node whose state directory is full, read-only, damaged or wanted by two, or who is killed while
/// writing to it: never another node, and never silent about it.
@Tag("host")
@ExtendWith(LabExtension.class)
class StateTest {
    private static final Duration SOON = Ways.SOON;

    private static Lab lab;
    private static Headscale headscale;

    @BeforeAll
    static void start(Lab theLab) {
        lab = theLab;
        headscale = lab.headscale();
    }

    private static RemoraDaemon member(String name) {
        RemoraDaemon node = lab.remora(lab.host(name));
        node.up(headscale);
        return node;
    }

    private static void awaitHealth(RemoraDaemon node, String words) {
        String what = node + " to say \"" + words + '"';
        Await.until(what, SOON, () -> node.status().at("Health").text().contains(words));
    }

    @Test
    void withADamagedStateItLivesOnWithoutBecomingAnotherNode() throws IOException {
        RemoraDaemon node = member("damaged");
        String ip = node.ip4();
        node.kill();
        Path file = node.state().resolve("tailscaled.state");
        byte[] good = Files.readAllBytes(file);
        byte[] half = java.util.Arrays.copyOf(good, good.length / 2);
        Files.write(file, half);
        int members = headscale.nodes().size();
        LogSince log = LogSince.now(node);

        node.start();

        String words = "The state file " + file + " is damaged";
        assertThat(node.status().at("BackendState").text()).isEqualTo("NoState");
        assertThat(node.status().at("Health").text()).contains(words);
        Result status = node.cli("status");
        assertThat(status.exit()).isEqualTo(1);
        assertThat(status.stdout()).contains("# Health check:", words, "unexpected state: NoState");
        Result up =
                node.cli(
                        "up",
                        "--login-server=" + headscale.url(),
                        "--auth-key=" + headscale.authKey());
        assertThat(up.exit()).isEqualTo(1);
        assertThat(up.stderr()).contains(words);
        assertThat(log.linesWith(words)).hasSize(1);
        assertThat(Files.readAllBytes(file)).isEqualTo(half);
        assertThat(Files.readAllBytes(file.resolveSibling("tailscaled.state.damaged-1")))
                .isEqualTo(half);
        assertThat(headscale.nodes()).hasSize(members);

        Files.write(file, good);

        node.awaitRunning();
        assertThat(node.ip4()).isEqualTo(ip);
        assertThat(node.status().at("Health").text()).isEqualTo("[]");
    }

    @Test
    void aSecondDaemonSaysSoAndEnds() {
        RemoraDaemon node = member("first");
        String other = node.host().folder("other").toString();

        Result sameState =
                daemon(node.host(), "--statedir=" + node.state(), "--socket=" + other + "/sock");
        Result sameSocket = daemon(node.host(), "--statedir=" + other, "--socket=" + node.socket());

        assertThat(sameState.exit()).isEqualTo(1);
        assertThat(sameState.stderr()).contains("another daemon already uses the state directory");
        assertThat(sameSocket.exit()).isEqualTo(1);
        assertThat(sameSocket.stderr())
                .contains("another daemon already listens on " + node.socket());
        assertThat(node.status().at("BackendState").text()).isEqualTo("Running");
    }

    private static Result daemon(Host host, String... flags) {
        List<String> command =
                new ArrayList<>(List.of(Programs.remora(), "daemon", "--tun=userspace-networking"));
        command.addAll(List.of(flags));
        return host.run(command, SOON);
    }

    @Test
    void aFullOrReadOnlyDiskStopsNoMember() throws IOException {
        SmallDisk disk = SmallDisk.on(lab.host("disk"));
        disk.startDaemon();
        disk.cli("up", "--login-server=" + headscale.url(), "--auth-key=" + headscale.authKey())
                .orThrow();
        disk.awaitHealthy();

        disk.fill();
        Result set = disk.cli("set", "--hostname=renamed");

        String full = disk.state + "/tailscaled.state: No space left on device";
        assertThat(set.exit()).isEqualTo(1);
        assertThat(set.stderr()).contains("this is in effect", full);
        assertThat(disk.cli("status").orThrow().stdout()).contains(full);
        assertThat(disk.daemon.log()).containsOnlyOnce("Cannot write the state file");
        disk.killDaemon();
        disk.startDaemon();
        disk.awaitState("Running");
        disk.cli("set", "--hostname=again");
        disk.empty();
        disk.awaitHealthy();
        disk.killDaemon();

        disk.mount("remount,ro");
        disk.startDaemon();
        disk.awaitState("Running");
        assertThat(disk.status().at("Health").text()).contains("Read-only file system");
        assertThat(disk.cli("debug", "prefs").exit()).as("still there").isEqualTo(1);
        disk.mount("remount,rw");
        disk.awaitHealthy();
        disk.cli("set", "--hostname=last").orThrow();
    }

    @Test
    void aFirstStartOnAFullDiskWaitsForRoom() throws IOException {
        SmallDisk disk = SmallDisk.on(lab.host("fulldisk"));
        disk.fill();
        disk.startDaemon();
        assertThat(disk.status().at("BackendState").text()).isEqualTo("NoState");
        assertThat(disk.status().at("Health").text()).contains("No space left on device");
        disk.empty();
        disk.awaitState("NeedsLogin");
    }

    /// A state directory on a disk of its own, which only the processes started here see.
    private static final class SmallDisk {
        final Host host;
        final Path state;
        final Path socket;
        final LabProcess holder;
        LabProcess daemon;

        private SmallDisk(Host host, Path state, LabProcess holder) {
            this.host = host;
            this.state = state;
            this.socket = host.folder("run").resolve("remora.sock");
            this.holder = holder;
        }

        static SmallDisk on(Host host) {
            Path state = host.folder("state");
            String script =
                    "mount -t tmpfs -o size=96k small \"$0\" && echo mounted && exec sleep 600";
            LabProcess holder =
                    host.start("disk", Map.of(), List.of("sh", "-c", script, state.toString()));
            holder.awaitSaid(SOON, "mounted");
            return new SmallDisk(host, state, holder);
        }

        private List<String> inside(String... command) {
            return Stream.concat(
                            Stream.of("nsenter", "-m", "-t", Long.toString(holder.pid())),
                            Stream.of(command))
                    .toList();
        }

        void startDaemon() {
            daemon =
                    host.start(
                            "remora",
                            Map.of("SSL_CERT_FILE", lab.authority().root().toString()),
                            inside(
                                    Programs.remora(),
                                    "daemon",
                                    "--tun=userspace-networking",
                                    "--statedir=" + state,
                                    "--socket=" + socket));
            daemon.awaitReady(SOON, "it answered", () -> cli("status", "--json").ok());
        }

        void killDaemon() {
            daemon.kill();
        }

        Result cli(String... arguments) {
            List<String> command = new ArrayList<>(List.of(Programs.remora()));
            command.add("--socket=" + socket);
            command.addAll(List.of(arguments));
            return host.run(command, Shell.PATIENCE);
        }

        Json status() {
            return Json.parse(cli("status", "--json").orThrow().stdout());
        }

        /// For a moment nobody may answer: a daemon that got room for its state begins again with it.
        void awaitState(String wanted) {
            Await.until(
                    "state " + wanted,
                    SOON,
                    () -> {
                        Result answer = cli("status", "--json");
                        return answer.ok()
                                && Json.parse(answer.stdout())
                                        .at("BackendState")
                                        .text()
                                        .equals(wanted);
                    });
        }

        void awaitHealthy() {
            Await.until("no complaint", SOON, () -> status().at("Health").text().equals("[]"));
        }

        void mount(String options) {
            host.run(inside("mount", "-o", options, state.toString()), SOON).orThrow();
        }

        /// Ends with an error as soon as nothing more fits.
        void fill() {
            host.run(inside("sh", "-c", "cat /dev/zero > \"$0\"/filler", state.toString()), SOON);
        }

        void empty() {
            host.run(inside("rm", state + "/filler"), SOON).orThrow();
        }
    }

    @Test
    void killedWhileWritingItIsTheSameNodeAgain() throws IOException {
        RemoraDaemon node = member("killed");
        String key = node.status().at("Self").at("PublicKey").text();
        Random random = new Random(5);
        for (int round = 0; round < 6; round++) {
            Thread writer = Thread.ofVirtual().start(() -> writeSettings(node.socket()));
            LockSupport.parkNanos(Duration.ofMillis(20 + random.nextInt(200)).toNanos());
            node.kill();
            writer.interrupt();
            String state = Files.readString(node.state().resolve("tailscaled.state"));
            assertThat(Json.parse(state).names()).contains("_machinekey", "_current-profile");
            node.start();
        }
        node.awaitRunning();
        assertThat(node.status().at("Self").at("PublicKey").text()).isEqualTo(key);
    }

    /// As fast as the daemon takes them, until it is gone: each one is a whole new state file.
    private static void writeSettings(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            ByteBuffer answer = ByteBuffer.allocate(1 << 16);
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                String body = "{\"Hostname\":\"h%d\",\"HostnameSet\":true}".formatted(i);
                String request =
                        "PATCH /localapi/v0/prefs HTTP/1.1\r\nHost: local-tailscaled.sock\r\nContent-Length: "
                                + body.length()
                                + "\r\n\r\n"
                                + body;
                channel.write(ByteBuffer.wrap(request.getBytes(UTF_8)));
                if (channel.read(answer.clear()) < 0) {
                    return;
                }
            }
        } catch (IOException e) {
            return; // the daemon was killed, as it should be
        }
    }
}
