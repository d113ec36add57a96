package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.RegisterResponse;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The rows of the reference's sections 3.3 to 3.5, one by one.
class RegistrationTest extends InATailnet {
    private AuthKey key(KeyWish wish) throws Refused {
        return tailnet.authKeys().create(wish.build(), TestTailnet.ADMIN).secret();
    }

    @Test
    void anAuthKeyMakesANodeWithBothAddressesAndAName() throws Exception {
        TestClient client = new TestClient(tailnet, "Joe's Mac mini");
        RegisterResponse answer = client.register(key(KeyWish.of(alice)));

        assertThat(answer.error()).isEmpty();
        assertThat(answer.machineAuthorized()).isTrue();
        assertThat(answer.user().id()).isEqualTo(alice.id());
        assertThat(answer.login().loginName()).isEqualTo("alice");
        Node node = client.node();
        assertThat(tailnet.fqdn(node)).isEqualTo("joes-mac-mini.tail.example.");
        assertThat(node.addresses().ipv4()).hasToString("100.64.0.1");
        assertThat(node.addresses().ipv6()).hasToString("fd7a:115c:a1e0:ab12:4843:cd96:6240:1");
        assertThat(node.owner()).isEqualTo(new Owner.Person(alice.id()));
        assertThat(tailnet.knows(client.nodeKey)).isTrue();
    }

    @Test
    void everyMemberOfAnAnswerIsWritten() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        for (RegisterResponse answer :
                new RegisterResponse[] {
                    client.register(new AuthKey("nonsense")),
                    client.register(),
                    client.register(key(KeyWish.of(alice)))
                }) {
            assertThat(answer.user()).isNotNull();
            assertThat(answer.login()).hasNoNullFieldsOrProperties();
            assertThat(answer.authUrl()).isNotNull();
            assertThat(answer.error()).isNotNull();
        }
    }

    @Test
    void aWrongKeyIsInvalid() throws Exception {
        AuthKey right = key(KeyWish.of(alice));
        String text = right.secret();
        char last = text.charAt(text.length() - 1);
        String wrong = text.substring(0, text.length() - 1) + (last == '0' ? '1' : '0');
        for (String guess : new String[] {"tskey-auth-abc", wrong, text + "0"}) {
            TestClient client = new TestClient(tailnet, "a");
            RegisterResponse answer = client.register(new AuthKey(guess));
            assertThat(answer.error()).isEqualTo("invalid pre auth key");
            assertThat(answer.machineAuthorized()).isFalse();
        }
        assertThat(tailnet.nodes()).isEmpty();
    }

    @Test
    void keysThatAreOverSayWhy() throws Exception {
        CreatedAuthKey revoked =
                tailnet.authKeys().create(KeyWish.of(alice).build(), TestTailnet.ADMIN);
        tailnet.authKeys().revoke(revoked.info().id(), TestTailnet.ADMIN);
        CreatedAuthKey expired =
                tailnet.authKeys().create(KeyWish.of(alice).build(), TestTailnet.ADMIN);
        tailnet.authKeys().expire(expired.info().id(), TestTailnet.ADMIN);
        AuthKey outOfTime = key(KeyWish.of(alice).lasts(Duration.ofHours(1)));
        world.pass(Duration.ofMinutes(61));
        AuthKey used = key(KeyWish.of(alice));
        new TestClient(tailnet, "first").register(used);

        assertThat(new TestClient(tailnet, "a").register(revoked.secret()).error())
                .isEqualTo("authkey revoked");
        assertThat(new TestClient(tailnet, "a").register(expired.secret()).error())
                .isEqualTo("authkey expired");
        assertThat(new TestClient(tailnet, "a").register(outOfTime).error())
                .isEqualTo("authkey expired");
        assertThat(new TestClient(tailnet, "a").register(used).error())
                .isEqualTo("authkey already used");
        assertThat(tailnet.nodes()).hasSize(1);
    }

    @Test
    void aReusableKeyLetsManyIn() throws Exception {
        AuthKey key = key(KeyWish.of(alice).reusable());
        for (int i = 0; i < 3; i++) {
            assertThat(new TestClient(tailnet, "srv").register(key).error()).isEmpty();
        }
        assertThat(tailnet.nodes())
                .extracting(node -> node.name().label())
                .containsExactlyInAnyOrder("srv", "srv-1", "srv-2");
    }

    @Test
    void aContainerReplaysItsSpentKey() throws Exception {
        CreatedAuthKey key =
                tailnet.authKeys().create(KeyWish.of(alice).build(), TestTailnet.ADMIN);
        TestClient client = new TestClient(tailnet, "app");
        client.register(key.secret());
        Node before = client.node();

        assertThat(client.register(key.secret()).machineAuthorized()).isTrue();
        tailnet.authKeys().expire(key.info().id(), TestTailnet.ADMIN);
        assertThat(client.register(key.secret()).machineAuthorized()).isTrue();
        tailnet.authKeys().delete(key.info().id(), TestTailnet.ADMIN);
        assertThat(client.register(key.secret()).machineAuthorized()).isTrue();
        assertThat(client.node().id()).isEqualTo(before.id());
        assertThat(client.node().addresses()).isEqualTo(before.addresses());
    }

    /// As far as the key goes the node is alice's, whose it no more is.
    @Test
    void aContainerThatWasTaggedSinceReplaysItsSpentKeyAndStaysTagged() throws Exception {
        tailnet.policy().set("{\"tagOwners\": {\"tag:web\": []}}", TestTailnet.ADMIN);
        for (KeyWish wish : List.of(KeyWish.of(alice), KeyWish.of(alice).reusable())) {
            AuthKey key = key(wish);
            TestClient client = new TestClient(tailnet, "app");
            client.register(key);
            tailnet.nodesAdmin().tag(client.node().id(), Set.of("tag:web"), TestTailnet.ADMIN);

            assertThat(client.register(key).error()).isEmpty();
            assertThat(client.node().owner()).isEqualTo(tagged("tag:web"));
        }
    }

    @Test
    void aSpentKeyIsNotEnoughForANewNodeKeyOrAnotherMachine() throws Exception {
        AuthKey key = key(KeyWish.of(alice));
        TestClient client = new TestClient(tailnet, "app");
        client.register(key);

        TestClient thief = new TestClient(tailnet, "app");
        thief.nodeKey = client.nodeKey;
        assertThat(thief.register(key).error())
                .isEqualTo("node exists with a different machine key");
        client.newNodeKey();
        assertThat(client.register(key).error()).isEqualTo("authkey already used");
    }

    @Test
    void aRestartNeedsNoKey() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.register(key(KeyWish.of(alice)));
        Node before = client.node();

        assertThat(client.register().machineAuthorized()).isTrue();
        assertThat(client.node()).isEqualTo(before);
    }

    @Test
    void aStolenNodeKeyIsRefused() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.register(key(KeyWish.of(alice)));
        TestClient thief = new TestClient(tailnet, "a");
        thief.nodeKey = client.nodeKey;

        assertThat(thief.register().error()).isEqualTo("node exists with a different machine key");
        assertThat(thief.logOut(null).error())
                .isEqualTo("node exists with a different machine key");
        assertThat(tailnet.node(thief.machine, thief.nodeKey)).isEmpty();
        assertThat(client.node().membership().expiry()).isEmpty();
    }

    @Test
    void aKnownNodeCannotExtendItself() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.register(key(KeyWish.of(alice)));
        client.expiry = Instant.parse("2030-01-01T00:00:00Z");

        assertThat(client.register().error()).isEqualTo("extending key is not allowed");
    }

    @Test
    void logoutEndsTheKeyNowAndTakesPrecedenceOverAKey() throws Exception {
        AuthKey key = key(KeyWish.of(alice).reusable());
        TestClient client = new TestClient(tailnet, "a");
        client.register(key);
        client.report();
        world.news();

        RegisterResponse answer = client.logOut(key);

        assertThat(answer.nodeKeyExpired()).isTrue();
        assertThat(client.node().membership().expiry())
                .contains(Instant.parse("2026-03-01T12:00:00Z"));
        assertThat(world.news())
                .contains(new Change.Patched(client.node().id(), Set.of(Change.Part.KEY_EXPIRY)));
        assertThat(client.logOut(null).nodeKeyExpired()).isTrue();
        assertThat(client.register().nodeKeyExpired()).isTrue();
        assertThat(tailnet.knows(client.nodeKey)).isFalse();
    }

    @Test
    void logoutOfAnUnknownNodeSucceeds() throws Exception {
        assertThat(new TestClient(tailnet, "a").logOut(null).nodeKeyExpired()).isTrue();
    }

    @Test
    void logoutForgetsAnEphemeralNode() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.register(key(KeyWish.of(alice).ephemeral()));
        long id = client.node().id();
        RegisterResponse answer = client.logOut(null);

        assertThat(answer.nodeKeyExpired()).isTrue();
        assertThat(answer.machineAuthorized()).isFalse();
        assertThat(tailnet.nodes()).isEmpty();
        assertThat(world.news()).contains(new Change.Removed(id));
    }

    @Test
    void whoLogsInAgainKeepsEverythingButTheKey() throws Exception {
        AuthKey key = key(KeyWish.of(alice).reusable());
        TestClient client = new TestClient(tailnet, "a");
        client.announce("10.1.0.0/16");
        client.register(key);
        client.report();
        Node before = client.node();
        tailnet.nodesAdmin()
                .approveRoutes(before.id(), Set.copyOf(client.routes), TestTailnet.ADMIN);
        client.logOut(null);
        client.newNodeKey();
        client.register(key);

        Node after = client.node();
        assertThat(after.id()).isEqualTo(before.id());
        assertThat(after.addresses()).isEqualTo(before.addresses());
        assertThat(after.approvedRoutes()).containsExactlyElementsOf(client.routes);
        assertThat(after.membership().expiry()).isEmpty();
        assertThat(tailnet.knows(before.keys().node())).isFalse();
    }

    @Test
    void anotherUserOnTheSameMachineIsAnotherNode() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.register(key(KeyWish.of(alice)));
        TestClient other = client.sameMachine(tailnet);
        other.register(key(KeyWish.of(bob)));

        assertThat(other.node().id()).isNotEqualTo(client.node().id());
        assertThat(client.node().owner().is(alice.id())).isTrue();
        assertThat(other.node().owner().is(bob.id())).isTrue();
        assertThat(other.node().name().label()).isEqualTo("a-1");
    }

    @Test
    void aTaggedKeyTakesTheMachinesOnlyNodeFromItsUser() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.register(key(KeyWish.of(alice)));
        long id = client.node().id();
        client.newNodeKey();
        RegisterResponse answer = client.register(key(KeyWish.of("tag:web")));

        assertThat(client.node().id()).isEqualTo(id);
        assertThat(client.node().owner()).isEqualTo(tagged("tag:web"));
        assertThat(answer.login().loginName()).isEqualTo("tagged-devices");
    }

    @Test
    void aTaggedKeyDoesNotGuessBetweenTwoUsersNodes() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.register(key(KeyWish.of(alice)));
        client.sameMachine(tailnet).register(key(KeyWish.of(bob)));

        assertThat(client.sameMachine(tailnet).register(key(KeyWish.of("tag:web"))).error())
                .contains("ambiguous");
    }

    @Test
    void aTaggedNodeKeepsItsTagsWithAnotherTaggedKey() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.register(key(KeyWish.of("tag:web")));
        client.newNodeKey();
        client.register(key(KeyWish.of("tag:db")));

        assertThat(client.node().owner()).isEqualTo(tagged("tag:web"));
        assertThat(tailnet.nodes()).hasSize(1);
    }

    @Test
    void anUntaggedKeyGivesATaggedNodeBackToItsUser() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.register(key(KeyWish.of("tag:web")));
        long id = client.node().id();
        client.newNodeKey();
        client.register(key(KeyWish.of(alice)));

        assertThat(client.node().id()).isEqualTo(id);
        assertThat(client.node().owner().is(alice.id())).isTrue();
    }

    @Test
    void requestedTagsMustBeTheKeys() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.requestTags = List.of("tag:x");
        assertThat(client.register(key(KeyWish.of(alice))).error())
                .isEqualTo("requested tags [tag:x] are invalid or not permitted");
        AuthKey key = key(KeyWish.of("tag:x", "tag:y").reusable());
        assertThat(client.register(key).error()).isEmpty();
        assertThat(client.node().owner()).isEqualTo(tagged("tag:x", "tag:y"));
        client.requestTags = List.of("tag:z");
        client.newNodeKey();
        assertThat(client.register(key).error()).isEmpty();
    }

    @Test
    void anOldClientIsToldWhy() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.version = 112;
        assertThat(client.register().error()).isEqualTo("unsupported client version:  (112)");
        client.version = 100_000;
        assertThat(client.register(key(KeyWish.of(alice))).machineAuthorized()).isTrue();
    }

    @Test
    void guessingKeysMeansWaiting() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        AuthKey right = key(KeyWish.of(alice).reusable());
        Overloaded refusal = null;
        for (int i = 0; i < 20 && refusal == null; i++) {
            try {
                assertThat(client.register(new AuthKey("guess" + i)).error()).isNotEmpty();
            } catch (Overloaded e) {
                refusal = e;
            }
        }

        assertThat(refusal).isNotNull();
        assertThat(refusal.retryAfter()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
        assertThat(new TestClient(tailnet, "b").register(right).error()).isEmpty();
        world.pass(refusal.retryAfter());
        assertThat(client.register(right).machineAuthorized()).isTrue();
    }

    @Test
    void theClientOrItsKeyMayAskToBeForgotten() throws Exception {
        TestClient client = new TestClient(tailnet, "a");
        client.ephemeral = true;
        client.register(key(KeyWish.of(alice)));
        assertThat(client.node().membership().ephemeral()).isTrue();
    }

    private static Owner.Tagged tagged(String... tags) {
        return new Owner.Tagged(new TreeSet<>(List.of(tags)));
    }
}
