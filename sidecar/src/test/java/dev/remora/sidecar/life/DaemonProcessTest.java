package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.config.JsonTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The daemon as a process of its own: how it starts, why it does not, and how it ends.
@Tag("host")
@Timeout(60)
class DaemonProcessTest {
    @TempDir Path temp;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endAll() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process daemon(String... flags) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Daemon.class.getName()));
        command.addAll(List.of(flags));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private String[] place(String name) {
        return new String[] {
            "--statedir=" + temp.resolve(name), "--socket=" + temp.resolve(name + ".sock")
        };
    }

    /// Waits until it says `text`; what it said until then.
    private static String awaitSaid(Process process, String text) throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line; (line = out.readLine()) != null; ) {
            said.append(line).append('\n');
            if (line.contains(text)) {
                return said.toString();
            }
        }
        throw new AssertionError("it ended without saying " + text + ":\n" + said);
    }

    private static String endOf(Process process, int exit)
            throws IOException, InterruptedException {
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isEqualTo(exit);
        return said;
    }

    @Test
    void startsQuietlyAndEndsAsTold() throws Exception {
        Process daemon = daemon(place("one"));
        String said = awaitSaid(daemon, "-> NeedsLogin");
        assertThat(said.lines().count()).isLessThan(12);
        assertThat(temp.resolve("one.sock")).exists();
        assertThat(temp.resolve("one/tailscaled.state")).exists();
        daemon.toHandle().destroy(); // a process would close its output with it
        endOf(daemon, 0);
        assertThat(temp.resolve("one.sock")).doesNotExist();
    }

    @Test
    void aSecondOneOnTheSameStateSaysSo() throws Exception {
        awaitSaid(daemon(place("one")), "-> NeedsLogin");
        Process second =
                daemon("--statedir=" + temp.resolve("one"), "--socket=" + temp.resolve("two.sock"));
        assertThat(endOf(second, 1)).contains("another daemon already uses the state directory");
        Process third =
                daemon("--statedir=" + temp.resolve("two"), "--socket=" + temp.resolve("one.sock"));
        assertThat(endOf(third, 1)).contains("another daemon already listens on");
    }

    @Test
    void aPortInUseIsNamedAndAnotherServesMeanwhile() throws Exception {
        try (DatagramSocket taken = new DatagramSocket(new InetSocketAddress("0.0.0.0", 0))) {
            String[] place = place("one");
            Process daemon = daemon(place[0], place[1], "--port=" + taken.getLocalPort());
            assertThat(awaitSaid(daemon, "-> NeedsLogin"))
                    .containsOnlyOnce(
                            "UDP port "
                                    + taken.getLocalPort()
                                    + " is in use by another program: using port ");
        }
    }

    @Test
    void withDamagedStateItLivesOnAndComesBackWithTheRepairedOne() throws Exception {
        Process first = daemon(place("one"));
        awaitSaid(first, "-> NeedsLogin");
        first.destroyForcibly().waitFor();
        Path file = temp.resolve("one/tailscaled.state");
        String good = Files.readString(file);
        Files.writeString(file, "{\"_machinekey\": \"");
        Process second = daemon(place("one"));

        assertThat(awaitSaid(second, "commands are taken on"))
                .containsOnlyOnce("The state file " + file + " is damaged")
                .contains("a copy is kept as tailscaled.state.damaged-1");
        assertThat(file).hasContent("{\"_machinekey\": \"");
        Files.writeString(file, good);
        awaitSaid(second, "-> NeedsLogin");
        assertThat(file).hasContent(good);
    }

    @Test
    void withoutAPlaceForItsStateItLivesOnUntilThereIsOne() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));
        Process daemon =
                daemon("--statedir=" + file.resolve("state"), "--socket=" + temp.resolve("s"));

        assertThat(awaitSaid(daemon, "commands are taken on"))
                .contains("Cannot write to the state directory " + file.resolve("state"));
        Files.delete(file);
        awaitSaid(daemon, "-> NeedsLogin");
        assertThat(file.resolve("state/tailscaled.state")).exists();
    }

    @Test
    void whatIsNoSocketIsNotRemoved() throws Exception {
        Path file = Files.writeString(temp.resolve("precious"), "mine");
        Process daemon = daemon("--statedir=" + temp.resolve("one"), "--socket=" + file);
        assertThat(endOf(daemon, 1))
                .contains(
                        "remora: cannot listen on "
                                + file
                                + ": there is something that is no socket");
        assertThat(file).hasContent("mine");
    }

    @Test
    void wrongFlagsShowUsage() throws Exception {
        assertThat(endOf(daemon("--nope"), 2))
                .contains("flag provided but not defined: -nope", "usage: remora daemon");
        assertThat(endOf(daemon("--tun=tailscale0"), 1)).contains("TUN devices come later");
    }

    @Test
    void logsAsJsonWhenTold() throws Exception {
        String[] place = place("one");
        String said = awaitSaid(daemon(place[0], place[1], "--log-format=json"), "NeedsLogin");
        for (String line : said.lines().toList()) {
            Map<String, Object> members = JsonTree.read(line.getBytes(UTF_8));
            assertThat(members).containsOnlyKeys("time", "level", "logger", "msg");
            assertThat(members).containsEntry("level", "INFO");
        }
    }
}
