package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.model.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

/// Who is online, who expires and who is forgotten: sections 3.7, 3.8 and 4.10 of the reference.
class PresenceTest extends InATailnet {
    private Tailnet tailnet() {
        return world.tailnet();
    }

    private TestClient joined(KeyWish wish) throws Exception {
        TestClient client = new TestClient(tailnet(), "a");
        client.register(tailnet().authKeys().create(wish.build(), TestTailnet.ADMIN).secret());
        return client;
    }

    @Test
    void aNodeIsOnlineAtOnceAndAwayAfterTenSeconds() throws Exception {
        TestClient client = joined(KeyWish.of(alice));
        long id = client.node().id();
        Poll poll = client.poll();
        assertThat(tailnet().online(id)).isTrue();
        assertThat(world.news())
                .containsOnlyOnce(new Change.NodeChanged(id))
                .containsOnlyOnce(new Change.Presence(id, true));
        Instant left = world.timers.clock().instant();
        poll.close();
        world.pass(Duration.ofSeconds(9));
        assertThat(tailnet().online(id)).isTrue();
        assertThat(world.news()).isEmpty();
        world.pass(Duration.ofSeconds(2));

        assertThat(tailnet().online(id)).isFalse();
        assertThat(world.news()).containsExactly(new Change.Presence(id, false));
        assertThat(client.node().membership().lastSeen()).isEqualTo(left);
    }

    @Test
    void aReconnectIsNotSeen() throws Exception {
        TestClient client = joined(KeyWish.of(alice));
        Poll first = client.poll();
        world.news();
        Poll second = client.poll();
        first.close();
        first.close();
        world.pass(Duration.ofMinutes(1));
        assertThat(second.generation()).isGreaterThan(first.generation());
        assertThat(tailnet().online(client.node().id())).isTrue();
        second.close();
        world.pass(Duration.ofSeconds(5));
        Poll third = client.poll();
        world.pass(Duration.ofMinutes(1));

        assertThat(tailnet().online(client.node().id())).isTrue();
        assertThat(world.news()).isEmpty();
        third.close();
    }

    @Test
    void aPollOfADeletedNodeEndsQuietly() throws Exception {
        TestClient client = joined(KeyWish.of(alice));
        long id = client.node().id();
        Poll poll = client.poll();
        tailnet().nodesAdmin().delete(id, TestTailnet.ADMIN);
        world.news();
        poll.close();
        world.pass(Duration.ofMinutes(5));
        tailnet().pollOpened(id).close();

        assertThat(world.news()).isEmpty();
        assertThat(tailnet().online(id)).isFalse();
    }

    @Test
    void anEphemeralNodeIsForgottenWhenItStaysAway() throws Exception {
        TestClient client = joined(KeyWish.of(alice).ephemeral());
        long id = client.node().id();
        Poll poll = client.poll();
        world.pass(Duration.ofHours(1));
        poll.close();
        world.pass(Duration.ofSeconds(100));
        Poll again = client.poll();
        world.pass(Duration.ofHours(1));
        assertThat(tailnet().node(id)).isPresent();
        again.close();
        world.pass(Duration.ofSeconds(119));
        assertThat(tailnet().node(id)).isPresent();
        world.news();
        world.pass(Duration.ofSeconds(12));

        assertThat(tailnet().node(id)).isEmpty();
        assertThat(world.news()).contains(new Change.Removed(id));
    }

    @Test
    void anEphemeralNodeThatNeverCameIsForgotten() throws Exception {
        long id = joined(KeyWish.of(alice).ephemeral()).node().id();
        world.pass(Duration.ofSeconds(121));

        assertThat(tailnet().node(id)).isEmpty();
    }

    @Test
    void anEphemeralNodeHasTimeToComeBackAfterARestart() throws Exception {
        TestClient client = joined(KeyWish.of(alice).ephemeral());
        long gone = client.node().id();
        TestClient faithful = joined(KeyWish.of(alice).ephemeral());
        long stays = faithful.node().id();
        client.poll();
        faithful.poll();
        world.restart();
        world.pass(Duration.ofSeconds(100));
        assertThat(tailnet().nodes()).hasSize(2);
        tailnet().pollOpened(stays);
        world.pass(Duration.ofSeconds(30));

        assertThat(tailnet().node(gone)).isEmpty();
        assertThat(tailnet().node(stays)).isPresent();
    }

    @Test
    void aServerThatIsMovedToAnotherTimeZoneKeepsAllTimes() throws Exception {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Kiritimati"));
            TestClient fleeting = joined(KeyWish.of(alice).ephemeral());
            fleeting.poll();
            TestClient client = joined(KeyWish.of(alice));
            Instant end = world.timers.clock().instant().plus(Duration.ofHours(1));
            tailnet().nodesAdmin().expire(client.node().id(), end, TestTailnet.ADMIN);
            Node known = client.node();

            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Pago_Pago")); // a day behind
            world.restart();
            assertThat(tailnet().node(known.id())).contains(known);
            world.pass(Duration.ofSeconds(100));
            assertThat(tailnet().nodes()).hasSize(2);
            world.pass(Duration.ofSeconds(30));
            assertThat(tailnet().nodes()).hasSize(1);
            world.pass(Duration.ofHours(1).minusSeconds(131));
            assertThat(tailnet().knows(client.nodeKey)).isTrue();
            world.pass(Duration.ofSeconds(1));
            assertThat(tailnet().knows(client.nodeKey)).isFalse();
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void aStartTellsNobodyThatEverybodyIsAway() throws Exception {
        TestClient client = joined(KeyWish.of(alice));
        long id = client.node().id();
        client.poll();
        world.restart();
        world.pass(Duration.ofMinutes(3));
        assertThat(world.news()).isEmpty();
        tailnet().pollOpened(id);

        assertThat(world.news()).containsExactly(new Change.Presence(id, true));
    }

    @Test
    void whoIsOnlineAtACrashWasSeenMinutesAgo() throws Exception {
        TestClient client = joined(KeyWish.of(alice));
        client.poll();
        world.pass(Duration.ofMinutes(20));

        assertThat(client.node().membership().lastSeen())
                .isAfter(world.timers.clock().instant().minus(Duration.ofMinutes(6)));
    }

    @Test
    void aKeyThatRunsOutIsToldWhenItDoes() throws Exception {
        TestClient client = joined(KeyWish.of(alice));
        client.poll();
        long id = client.node().id();
        Instant later = world.timers.clock().instant().plus(Duration.ofDays(3));
        tailnet().nodesAdmin().expire(id, later, TestTailnet.ADMIN);
        assertThat(world.news())
                .contains(
                        new Change.Patched(id, Set.of(Change.Part.KEY_EXPIRY)),
                        new Change.SelfChanged(id));
        world.pass(Duration.ofDays(3).minusSeconds(1));
        assertThat(world.news()).isEmpty();
        assertThat(tailnet().knows(client.nodeKey)).isTrue();
        world.pass(Duration.ofSeconds(1));

        assertThat(world.news())
                .containsExactly(
                        new Change.Patched(id, Set.of(Change.Part.KEY_EXPIRY)),
                        new Change.SelfChanged(id));
        assertThat(tailnet().knows(client.nodeKey)).isFalse();
        assertThat(tailnet().online(id)).isTrue();
        tailnet().nodesAdmin().neverExpire(id, TestTailnet.ADMIN);
        assertThat(tailnet().knows(client.nodeKey)).isTrue();
    }

    @Test
    void aKeyRunsOutAfterARestartToo() throws Exception {
        TestClient client = joined(KeyWish.of(alice));
        client.report();
        long id = client.node().id();
        Instant later = world.timers.clock().instant().plus(Duration.ofDays(3));
        tailnet().nodesAdmin().expire(id, later, TestTailnet.ADMIN);
        world.restart();
        world.pass(Duration.ofDays(3));

        assertThat(world.news()).contains(new Change.SelfChanged(id));
    }

    @Test
    void peoplesNodesExpireByTheRuleAndTaggedOnesNever() throws Exception {
        world.close();
        world = TestTailnet.in(directory, with -> with.withNodeExpiry(Duration.ofDays(30)));
        Instant limit = world.timers.clock().instant().plus(Duration.ofDays(30));
        assertThat(joined(KeyWish.of(alice)).node().membership().expiry()).contains(limit);
        assertThat(joined(KeyWish.of("tag:web")).node().membership().expiry())
                .isEqualTo(Optional.empty());
        TestClient modest = new TestClient(tailnet(), "b");
        modest.expiry = limit.minusSeconds(60);
        modest.register(world.keyFor(alice).secret());
        assertThat(modest.node().membership().expiry()).contains(limit.minusSeconds(60));
        TestClient greedy = new TestClient(tailnet(), "c");
        greedy.expiry = limit.plusSeconds(60);
        greedy.register(world.keyFor(alice).secret());
        assertThat(greedy.node().membership().expiry()).contains(limit);
    }

    @Test
    void aDeviceWaitsForApprovalUnlessItsKeyIsPreapproved() throws Exception {
        world.close();
        world = TestTailnet.in(directory, with -> with.withDeviceApproval(true));
        TestClient first = joined(KeyWish.of(alice));
        assertThat(first.node().membership().authorized()).isTrue();
        TestClient client = new TestClient(tailnet(), "b");
        var answer =
                client.register(
                        tailnet()
                                .authKeys()
                                .create(
                                        KeyWish.of(alice).waitsForApproval().build(),
                                        TestTailnet.ADMIN)
                                .secret());
        assertThat(answer.machineAuthorized()).isFalse();
        assertThat(answer.authUrl()).isEmpty();
        assertThat(answer.error()).isEmpty();
        client.poll();
        long id = client.node().id();
        assertThat(tailnet().view(id).visible()).isEmpty();
        assertThat(tailnet().view(id).filter()).isEmpty();
        assertThat(tailnet().view(first.node().id()).sees(id)).isFalse();
        assertThat(tailnet().knows(client.nodeKey)).isFalse();
        world.news();
        tailnet().nodesAdmin().authorize(id, TestTailnet.ADMIN);

        assertThat(world.news())
                .contains(
                        new Change.SelfChanged(id),
                        new Change.ViewsChanged(Set.of(first.node().id(), id)));
        assertThat(tailnet().view(first.node().id()).sees(id)).isTrue();
        assertThat(tailnet().knows(client.nodeKey)).isTrue();
        assertThat(client.register().machineAuthorized()).isTrue();
    }
}
