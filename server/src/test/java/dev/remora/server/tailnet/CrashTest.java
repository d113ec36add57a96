package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import dev.remora.server.store.Kept;
import dev.remora.server.store.SqliteStorage;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed while it changes things: what it has acknowledged is there afterwards, and nothing is half done.
class CrashTest {
    private static final int ROUNDS = 10;
    private static final int MOST_CHANGES = 40;

    @Test
    void nothingThatWasAcknowledgedIsLostByKill9(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("tailnet.db");
        Set<String> users = new HashSet<>();
        Set<String> nodes = new HashSet<>();
        Random random = new Random(20261123);
        for (int round = 0; round < ROUNDS; round++) {
            runUntilKilled(file, round, random.nextInt(1, MOST_CHANGES), users, nodes);
        }

        assertThat(users.size()).isGreaterThanOrEqualTo(ROUNDS);
        try (SqliteStorage storage = SqliteStorage.open(file)) {
            Kept kept = storage.load();
            assertThat(kept.users()).extracting(User::name).containsAll(users);
            assertThat(kept.nodes()).extracting(node -> node.name().hostname()).containsAll(nodes);
            assertThat(kept.nodes()).extracting(Node::addresses).doesNotHaveDuplicates();
            // A single-use key is marked together with its node, or neither is.
            long used = kept.authKeys().stream().filter(key -> key.used().isPresent()).count();
            assertThat(used).isEqualTo(kept.nodes().size());
        }
    }

    /// @param acknowledgements after so many the process gets `SIGKILL`, wherever it is then
    private static void runUntilKilled(
            Path file, int round, int acknowledgements, Set<String> users, Set<String> nodes)
            throws IOException, InterruptedException {
        Process writer =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Writer.class.getName(),
                                file.toString(),
                                "r" + round)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (BufferedReader lines = writer.inputReader()) {
            for (int i = 0; i < acknowledgements; i++) {
                note(lines.readLine(), users, nodes);
            }
            writer.toHandle().destroyForcibly(); // which leaves its output to be read
            // It may have acknowledged more before the signal came. A line cut short was never
            // said.
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(".")) {
                    note(line, users, nodes);
                }
            }
        }
        assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    private static void note(String line, Set<String> users, Set<String> nodes) {
        assertThat(line).as("the writer lives").isNotNull().endsWith(".");
        String name = line.substring(5, line.length() - 1);
        (line.startsWith("user ") ? users : nodes).add(name);
    }

    /// Makes users and nodes, and says a line for each when the tailnet has answered.
    static final class Writer {
        private Writer() {}

        public static void main(String[] args) throws Exception {
            ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
            Tailnet tailnet =
                    Tailnet.open(
                            TailnetSettings.of("http://127.0.0.1:8080", "tail.example"),
                            SqliteStorage.open(new File(args[0]).toPath()),
                            Clock.systemUTC(),
                            new SecureRandom(),
                            timers);
            List<Thread> writers =
                    List.of(
                            new Thread(() -> write(tailnet, args[1] + "a")),
                            new Thread(() -> write(tailnet, args[1] + "b")));
            writers.forEach(Thread::start);
        }

        private static void write(Tailnet tailnet, String prefix) {
            try {
                for (int i = 0; ; i++) {
                    String name = prefix + "-" + i;
                    User user = tailnet.users().create(NewUser.named(name), TestTailnet.ADMIN);
                    say("user " + name);
                    var key =
                            tailnet.authKeys()
                                    .create(NewAuthKey.forUser(user.id()), TestTailnet.ADMIN);
                    var answer = new TestClient(tailnet, name).register(key.secret());
                    if (answer.machineAuthorized()) {
                        say("node " + name);
                    }
                }
            } catch (Refused | Overloaded | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void say(String what) {
            System.out.println(what + ".");
        }
    }
}
