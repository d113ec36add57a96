package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.DnsConfig;
import dev.remora.server.model.Owner;
import dev.remora.server.model.User;
import dev.remora.server.policy.PolicyException;
import dev.remora.server.store.AuditEntry;
import dev.remora.server.store.PolicyVersion;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What people change, what they are refused, and what is written down about it.
class AdministrationTest {
    private @TempDir Path directory;
    private TestTailnet world;

    @BeforeEach
    void open() throws Exception {
        world = TestTailnet.in(directory);
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    private Tailnet tailnet() {
        return world.tailnet();
    }

    private TestClient joined(User user) throws Exception {
        TestClient client = new TestClient(tailnet(), "n");
        client.register(world.keyFor(user).secret());
        client.report();
        return client;
    }

    private static void assertRefused(ThrowingCallable wish) {
        assertThatThrownBy(wish)
                .isInstanceOf(Refused.class)
                .satisfies(e -> assertThat(e.getMessage()).isNotBlank().doesNotContain("\n"));
    }

    @Test
    void usersAreMadeRenamedAndDeleted() throws Exception {
        Users users = tailnet().users();
        User alice = world.user("alice");
        assertRefused(() -> world.user("alice"));
        assertRefused(() -> world.user(""));
        assertRefused(() -> world.user("has blank"));
        assertThat(users.byName("alice")).contains(alice);
        world.news();
        users.rename(alice.id(), "alicia", TestTailnet.ADMIN);
        assertThat(world.news()).contains(new Change.UserChanged(alice.id()));
        TestClient client = joined(alice);
        assertThat(tailnet().profile(client.node()).loginName()).isEqualTo("alicia");
        assertRefused(() -> users.delete(alice.id(), TestTailnet.ADMIN));
        tailnet().nodesAdmin().delete(client.node().id(), TestTailnet.ADMIN);
        users.delete(alice.id(), TestTailnet.ADMIN);
        assertThat(users.all()).isEmpty();
        assertThat(tailnet().authKeys().all()).isEmpty();
        assertRefused(() -> users.rename(alice.id(), "x", TestTailnet.ADMIN));
        assertThat(world.user("alice").id()).as("never given twice").isGreaterThan(alice.id());
    }

    @Test
    void numbersAreNeverGivenTwiceOverARestart() throws Exception {
        User alice = world.user("alice");
        TestClient client = joined(alice);
        long node = client.node().id();
        tailnet().nodesAdmin().delete(node, TestTailnet.ADMIN);
        tailnet().users().delete(alice.id(), TestTailnet.ADMIN);
        world.restart();

        User bob = world.user("bob");
        assertThat(bob.id()).isGreaterThan(alice.id());
        assertThat(joined(bob).node().id()).isGreaterThan(node);
    }

    @Test
    void anAuthKeysSecretIsKeptNowhere() throws Exception {
        CreatedAuthKey key = world.keyFor(world.user("alice"));
        new TestClient(tailnet(), "n").register(key.secret());
        String secret = key.secret().secret();
        world.close();
        assertThat(key.toString()).doesNotContain(secret.substring(secret.length() - 64));
        for (Path file : Files.list(directory).toList()) {
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .doesNotContain(secret.substring(secret.length() - 64));
        }
    }

    @Test
    void wrongWishesForKeysAreRefused() throws Exception {
        assertRefused(() -> tailnet().authKeys().create(KeyWish.of().build(), TestTailnet.ADMIN));
        assertRefused(
                () -> tailnet().authKeys().create(KeyWish.of("web").build(), TestTailnet.ADMIN));
        assertRefused(() -> tailnet().authKeys().create(NewAuthKey.forUser(99), TestTailnet.ADMIN));
        assertRefused(() -> tailnet().authKeys().expire(99, TestTailnet.ADMIN));
    }

    @Test
    void deletingAKeyLeavesItsNodes() throws Exception {
        CreatedAuthKey key = world.keyFor(world.user("alice"));
        TestClient client = new TestClient(tailnet(), "n");
        client.register(key.secret());
        tailnet().authKeys().delete(key.info().id(), TestTailnet.ADMIN);
        assertThat(client.node().membership().authKey()).isEmpty();
        assertThat(new TestClient(tailnet(), "m").register(key.secret()).error())
                .isEqualTo("invalid pre auth key");
        world.restart();
        assertThat(tailnet().node(client.machine, client.nodeKey)).isPresent();
    }

    @Test
    void nodesAreRenamedAndTagged() throws Exception {
        User alice = world.user("alice");
        TestClient one = joined(alice);
        TestClient two = joined(alice);
        Nodes nodes = tailnet().nodesAdmin();
        assertRefused(() -> nodes.rename(one.node().id(), "n-1", TestTailnet.ADMIN));
        assertRefused(() -> nodes.rename(one.node().id(), "-x-", TestTailnet.ADMIN));
        assertRefused(() -> nodes.rename(99, "x", TestTailnet.ADMIN));
        nodes.rename(two.node().id(), "db", TestTailnet.ADMIN);
        assertThat(tailnet().fqdn(two.node())).isEqualTo("db.tail.example.");
        assertRefused(() -> nodes.tag(two.node().id(), Set.of("tag:db"), TestTailnet.ADMIN));
        assertRefused(() -> nodes.tag(two.node().id(), Set.of(), TestTailnet.ADMIN));
        tailnet().policy().set("{\"tagOwners\": {\"tag:db\": [\"alice@\"]}}", TestTailnet.ADMIN);
        world.news();
        nodes.tag(two.node().id(), Set.of("tag:db"), TestTailnet.ADMIN);
        assertThat(two.node().owner()).isEqualTo(new Owner.Tagged(new TreeSet<>(Set.of("tag:db"))));
        assertThat(world.news())
                .contains(
                        new Change.NodeChanged(two.node().id()),
                        new Change.SelfChanged(two.node().id()));
        two.report();
        assertThat(two.node().owner().tags()).as("a report undoes no tags").isNotEmpty();
    }

    /// Both write the node; whoever comes second must not have read it before the first wrote.
    @Test
    void reportsThatAreUnderWayUndoNoTags() throws Exception {
        TestClient client = joined(world.user("alice"));
        long id = client.node().id();
        tailnet()
                .policy()
                .set("{\"tagOwners\": {\"tag:a\": [], \"tag:b\": []}}", TestTailnet.ADMIN);
        AtomicBoolean over = new AtomicBoolean();
        Thread reporter =
                Thread.ofPlatform()
                        .start(() -> {
                            for (int i = 0; !over.get(); i++) {
                                client.hostname = "n" + i;
                                client.report();
                            }
                        });
        try {
            for (int i = 0; i < 200; i++) {
                Set<String> tags = Set.of(i % 2 == 0 ? "tag:a" : "tag:b");
                tailnet().nodesAdmin().tag(id, tags, TestTailnet.ADMIN);
                assertThat(client.node().owner().tags()).isEqualTo(tags);
            }
        } finally {
            over.set(true);
            reporter.join();
        }
        assertThat(client.node().owner().tags()).containsExactly("tag:b");
    }

    @Test
    void aPolicyMayNameAUserWhoIsDeleted() throws Exception {
        User alice = world.user("alice");
        TestClient one = joined(alice);
        TestClient two = joined(alice);
        User bob = world.user("bob");
        String rules =
                """
                {"groups": {"group:ops": ["bob@", "alice@"]},
                 "acls": [{"action": "accept", "src": ["bob@"], "dst": ["*:22"]},
                          {"action": "accept", "src": ["group:ops"], "dst": ["group:ops:80"]}]}
                """;
        tailnet().policy().set(rules, TestTailnet.ADMIN);
        int before = tailnet().view(one.node().id()).filter().size();

        tailnet().users().delete(bob.id(), TestTailnet.ADMIN);

        assertThat(tailnet().view(one.node().id()).sees(two.node().id())).isTrue();
        assertThat(tailnet().view(one.node().id()).filter()).hasSize(before);
        assertThat(tailnet().policy().text()).contains(rules);
        TestClient third = joined(world.user("bob"));
        assertThat(tailnet().view(third.node().id()).sees(one.node().id()))
                .as("a new bob")
                .isTrue();
    }

    @Test
    void aWrongPolicyChangesNothing() throws Exception {
        world.user("alice");
        PolicyDesk desk = tailnet().policy();
        assertThat(desk.text()).isEmpty();
        String first = "{\"acls\": []} // none";
        desk.set(first, TestTailnet.ADMIN);
        world.news();
        assertThatThrownBy(() -> desk.set("{\"acls\": [", TestTailnet.ADMIN))
                .isInstanceOf(PolicyException.class);
        String failing =
                "{\"acls\": [], \"tests\": [{\"src\": \"alice@\", \"accept\": [\"100.64.0.1:80\"]}]}";
        assertThatThrownBy(() -> desk.check(failing)).isInstanceOf(PolicyException.class);
        assertThatThrownBy(() -> desk.set(failing, TestTailnet.ADMIN))
                .isInstanceOf(PolicyException.class);
        assertThat(desk.text()).isEqualTo(first);
        assertThat(world.news()).isEmpty();
        desk.set("{}", TestTailnet.ADMIN);
        assertThat(desk.history(10)).extracting(PolicyVersion::text).containsExactly("{}", first);
        desk.set(first, TestTailnet.ADMIN);
        world.restart();
        assertThat(tailnet().policy().text()).isEqualTo(first);
    }

    @Test
    void aPolicyDecidesWhoSeesWhom() throws Exception {
        User alice = world.user("alice");
        long one = joined(alice).node().id();
        long two = joined(alice).node().id();
        assertThat(tailnet().view(one).sees(two)).isTrue();
        world.news();
        tailnet().policy().set("{\"acls\": []}", TestTailnet.ADMIN);
        assertThat(tailnet().view(one).sees(two)).isFalse();
        assertThat(world.news()).contains(new Change.ViewsChanged(Set.of(one, two)));
        world.restart();
        assertThat(tailnet().view(one).sees(two)).isFalse();
    }

    @Test
    void theAuditLogSaysWhoDidWhat() throws Exception {
        User alice = world.user("alice");
        CreatedAuthKey key = world.keyFor(alice);
        TestClient client = new TestClient(tailnet(), "n");
        client.register(key.secret());
        tailnet().nodesAdmin().delete(client.node().id(), new Actor("bob"));

        assertThat(tailnet().audit(10))
                .extracting(AuditEntry::what)
                .containsExactly(
                        "deleted node n",
                        "registered node n with auth key 1",
                        "created auth key 1 for user alice",
                        "created user alice");
        assertThat(tailnet().audit(1)).extracting(AuditEntry::actor).containsExactly("bob");
        assertThat(tailnet().audit(10).toString()).doesNotContain(secretOf(key.secret()));
    }

    private static String secretOf(AuthKey key) {
        return key.secret().substring(key.secret().length() - 64);
    }

    @Test
    void namesAndRelaysAreToldWhenTheyChange() {
        DnsConfig dns = tailnet().dns();
        assertThat(dns.domains()).containsExactly("tail.example");
        tailnet().dns(dns);
        assertThat(world.news()).isEmpty();
        tailnet().dns(DnsConfig.NONE);
        assertThat(world.news()).containsExactly(new Change.DnsChanged());
    }

    @Test
    void aRestartKeepsEverything() throws Exception {
        User alice = world.user("alice");
        TestClient client = joined(alice);
        client.at("192.0.2.1:41641");
        client.homeDerp = 900;
        client.report();
        var node = client.node();
        var keys = tailnet().authKeys().all();
        world.restart();

        assertThat(tailnet().node(node.id())).contains(node);
        assertThat(tailnet().authKeys().all()).isEqualTo(keys);
        assertThat(tailnet().users().all()).containsExactly(alice);
        assertThat(tailnet().knows(client.nodeKey)).isTrue();
        TestClient next = new TestClient(tailnet(), "n");
        next.register(world.keyFor(alice).secret());
        assertThat(next.node().addresses().ipv4()).isNotEqualTo(node.addresses().ipv4());
    }
}
