package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.proto.control.RegisterResponse;
import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import dev.remora.server.store.AuditEntry;
import dev.remora.server.store.Kept;
import dev.remora.server.store.PolicyVersion;
import dev.remora.server.store.SqliteStorage;
import dev.remora.server.store.Storage;
import dev.remora.server.store.Write;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Disks that fill up, and clients that come at the same moment.
class TroubleTest {
    private @TempDir Path directory;

    /// A storage whose disk is full when a test says so.
    private record Disk(Storage inner, boolean[] full) implements Storage {
        @Override
        public Kept load() throws IOException {
            return inner.load();
        }

        @Override
        public void write(List<Write> writes) throws IOException {
            if (full[0]) {
                throw new IOException("the disk is full");
            }
            inner.write(writes);
        }

        @Override
        public List<AuditEntry> audit(int atMost) throws IOException {
            return inner.audit(atMost);
        }

        @Override
        public List<PolicyVersion> policies(int atMost) throws IOException {
            return inner.policies(atMost);
        }

        @Override
        public void backup(Path target) throws IOException {
            inner.backup(target);
        }

        @Override
        public void check() throws IOException {
            inner.check();
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }

    @Test
    void whatCannotBeStoredHasNotHappened() throws Exception {
        boolean[] full = {false};
        HandTimers timers = new HandTimers();
        Storage disk = new Disk(SqliteStorage.open(directory.resolve("tailnet.db")), full);
        List<Change> changes = new ArrayList<>();
        try (Tailnet tailnet =
                Tailnet.open(
                        TailnetSettings.of("http://127.0.0.1:8080", "tail.example"),
                        disk,
                        timers.clock(),
                        new SecureRandom(),
                        timers)) {
            User alice = tailnet.users().create(NewUser.named("alice"), TestTailnet.ADMIN);
            var once = tailnet.authKeys().create(NewAuthKey.forUser(alice.id()), TestTailnet.ADMIN);
            tailnet.listen(changes::add);
            full[0] = true;
            TestClient client = new TestClient(tailnet, "n");
            RegisterResponse answer = client.register(once.secret());
            assertThat(answer.error()).contains("the disk is full");
            assertThat(answer.machineAuthorized()).isFalse();
            assertThat(tailnet.nodes()).isEmpty();
            assertThat(tailnet.knows(client.nodeKey)).isFalse();
            assertThatThrownBy(
                            () -> tailnet.users().create(NewUser.named("bob"), TestTailnet.ADMIN))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("the disk is full");
            assertThatThrownBy(() -> tailnet.policy().set("{\"acls\":[]}", TestTailnet.ADMIN))
                    .isInstanceOf(Refused.class);
            assertThat(tailnet.policy().text()).isEmpty();
            assertThat(tailnet.users().all()).containsExactly(alice);
            assertThat(changes).isEmpty();
            full[0] = false;
            assertThat(client.register(once.secret()).machineAuthorized())
                    .as("the key was not used up")
                    .isTrue();
        }
    }

    @Test
    void whatIsToldWhileTheDiskIsFullIsStoredLater() throws Exception {
        boolean[] full = {false};
        HandTimers timers = new HandTimers();
        Path file = directory.resolve("tailnet.db");
        Disk disk = new Disk(SqliteStorage.open(file), full);
        TestClient client;
        try (Tailnet tailnet =
                Tailnet.open(
                        TailnetSettings.of("http://127.0.0.1:8080", "tail.example"),
                        disk,
                        timers.clock(),
                        new SecureRandom(),
                        timers)) {
            User alice = tailnet.users().create(NewUser.named("alice"), TestTailnet.ADMIN);
            client = new TestClient(tailnet, "n");
            client.register(
                    tailnet.authKeys()
                            .create(NewAuthKey.forUser(alice.id()), TestTailnet.ADMIN)
                            .secret());
            full[0] = true;
            client.at("192.0.2.1:41641");
            client.report();
            timers.pass(Duration.ofSeconds(10));
            assertThat(disk.load().nodes().getFirst().report().endpoints()).isEmpty();
            full[0] = false;
            timers.pass(Duration.ofSeconds(4));
            assertThat(disk.load().nodes().getFirst()).isEqualTo(client.node());
        }
    }

    @Test
    void ofManyWhoRaceForOneKeyOneGetsIn() throws Exception {
        try (TestTailnet world = TestTailnet.in(directory);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            User alice = world.user("alice");
            for (int round = 0; round < 10; round++) {
                var once =
                        world.tailnet()
                                .authKeys()
                                .create(NewAuthKey.forUser(alice.id()), TestTailnet.ADMIN);
                Callable<RegisterResponse> attempt =
                        () -> new TestClient(world.tailnet(), "n").register(once.secret());
                int admitted = 0;
                for (Future<RegisterResponse> done :
                        threads.invokeAll(List.of(attempt, attempt, attempt))) {
                    RegisterResponse answer = done.get();
                    admitted += answer.machineAuthorized() ? 1 : 0;
                    assertThat(answer.error()).isIn("", "authkey already used");
                }
                assertThat(admitted).isEqualTo(1);
            }
            assertThat(world.tailnet().nodes()).hasSize(10);
        }
    }

    @Test
    void nodesThatJoinAtOnceGetNamesAndAddressesOfTheirOwn() throws Exception {
        try (TestTailnet world = TestTailnet.in(directory);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var key = world.keyFor(world.user("alice"));
            List<Callable<Node>> joins = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                joins.add(() -> {
                    TestClient client = new TestClient(world.tailnet(), "same");
                    client.register(key.secret());
                    client.poll();
                    return client.node();
                });
            }
            List<Node> nodes = new ArrayList<>();
            for (Future<Node> done : threads.invokeAll(joins)) {
                nodes.add(done.get());
            }
            assertThat(nodes).extracting(node -> node.name().label()).doesNotHaveDuplicates();
            assertThat(nodes).extracting(Node::addresses).doesNotHaveDuplicates();
            Collection<Node> now = world.tailnet().nodes();
            assertThat(now).hasSize(50).allMatch(node -> world.tailnet().online(node.id()));
            world.restart();
            assertThat(world.tailnet().nodes()).hasSize(50);
        }
    }
}
