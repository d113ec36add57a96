package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.control.AuthKey;
import dev.remora.server.store.AuditEntry;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest extends InATailnet {
    private AuthKey key(KeyWish wish) throws Refused {
        return tailnet.authKeys().create(wish.reusable().build(), TestTailnet.ADMIN).secret();
    }

    private TestClient joined(String hostname, AuthKey key) throws Exception {
        TestClient client = new TestClient(tailnet, hostname);
        assertThat(client.register(key).error()).isEmpty();
        return client;
    }

    private static String label(TestClient client) {
        return client.node().name().label();
    }

    @ParameterizedTest
    @CsvSource({
        "Joe's Mac mini,joes-mac-mini",
        "Test@Host,test-host",
        "mail.server,mail-server",
        "我的电脑,node",
        "Böhm,bhm",
        "'',node",
        "---,node",
        "-edge-,edge",
        "box.local,box",
        "box.localdomain,box",
        "box.lan,box",
        "under_score,under-score",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
                + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    })
    void aHostNameBecomesALabel(String hostname, String label) throws Exception {
        assertThat(label(joined(hostname, key(KeyWish.of(alice))))).isEqualTo(label);
    }

    @Test
    void theSecondOfANameGetsANumber() throws Exception {
        AuthKey key = key(KeyWish.of(alice));
        String longest = "b".repeat(63);
        assertThat(label(joined("srv", key))).isEqualTo("srv");
        assertThat(label(joined("SRV", key))).isEqualTo("srv-1");
        assertThat(label(joined(longest, key))).isEqualTo(longest);
        assertThat(label(joined(longest, key))).isEqualTo("b".repeat(61) + "-1");
    }

    @Test
    void aRenamedHostIsCalledByItsNewName() throws Exception {
        AuthKey key = key(KeyWish.of(alice));
        TestClient first = joined("srv", key);
        TestClient second = joined("srv", key);
        second.poll();
        world.news();
        second.hostname = "other";
        second.report();
        assertThat(label(second)).isEqualTo("other");
        assertThat(world.news())
                .contains(
                        new Change.NodeChanged(second.node().id()),
                        new Change.SelfChanged(second.node().id()));
        second.hostname = "srv";
        second.report();
        assertThat(label(second)).isEqualTo("srv-1");
        first.hostname = "srv.local";
        first.report();
        assertThat(label(first)).isEqualTo("srv");
        String machine = "machine " + second.node().keys().machine();
        assertThat(tailnet.audit(2))
                .extracting(entry -> entry.actor() + ": " + entry.what())
                .containsExactly(
                        machine + ": node other is called srv-1",
                        machine + ": node srv-1 is called other");
    }

    @Test
    void anAdministratorsNameStays() throws Exception {
        TestClient client = joined("srv", key(KeyWish.of(alice)));
        tailnet.nodesAdmin().rename(client.node().id(), "chosen", TestTailnet.ADMIN);
        client.hostname = "other";
        client.report();

        assertThat(label(client)).isEqualTo("chosen");
        assertThat(client.node().name().hostname()).isEqualTo("other");
    }

    @Test
    void aNewDeploymentTakesTheNameOfTheOneThatIsAway() throws Exception {
        AuthKey key = key(KeyWish.of(alice).takesNameOver());
        TestClient old = joined("app", key);
        old.poll().close();
        TestClient next = joined("app", key);

        assertThat(label(next)).isEqualTo("app");
        assertThat(label(old)).isEqualTo("app-1");
        assertThat(next.node().addresses()).isNotEqualTo(old.node().addresses());
    }

    @Test
    void anEphemeralOneThatIsAwayIsForgottenForIt() throws Exception {
        AuthKey key = key(KeyWish.of(alice).takesNameOver().ephemeral());
        TestClient old = joined("app", key);
        old.poll().close();
        long oldId = old.node().id();
        TestClient next = joined("app", key);

        assertThat(label(next)).isEqualTo("app");
        assertThat(tailnet.node(oldId)).isEmpty();
        assertThat(world.news()).contains(new Change.Removed(oldId));
    }

    @Test
    void aDeploymentThatOverlapsGetsTheNameWhenTheOldOneGoes() throws Exception {
        AuthKey key = key(KeyWish.of(alice).takesNameOver());
        TestClient old = joined("app", key);
        Poll oldPoll = old.poll();
        TestClient next = joined("app", key);
        next.poll();
        assertThat(label(next)).isEqualTo("app-1");
        oldPoll.close();
        world.pass(Duration.ofSeconds(11));

        assertThat(label(next)).isEqualTo("app");
        assertThat(label(old)).isEqualTo("app-2");
        assertThat(tailnet.audit(2))
                .extracting(AuditEntry::what)
                .containsExactly(
                        "node app-1 is called app",
                        "renamed node app to app-2: its name was taken over");
        assertThat(world.news()).contains(new Change.SelfChanged(next.node().id()));
    }

    @Test
    void nameTakeOverIsForTheSameKeyOnly() throws Exception {
        TestClient plain = joined("app", key(KeyWish.of(alice)));
        TestClient other = joined("app", key(KeyWish.of(alice).takesNameOver()));
        TestClient third = joined("app", key(KeyWish.of(alice).takesNameOver()));

        assertThat(label(plain)).isEqualTo("app");
        assertThat(label(other)).isEqualTo("app-1");
        assertThat(label(third)).isEqualTo("app-2");
    }
}
