package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.proto.control.RegisterResponse;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Logins that a person approves: section 3.6 of the reference.
class LoginTest extends InATailnet {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private String start(TestClient client) throws Exception {
        RegisterResponse answer = client.register();
        assertThat(answer.authUrl()).startsWith("http://127.0.0.1:8080/register/");
        assertThat(answer.machineAuthorized()).isFalse();
        assertThat(answer.user().id()).isZero();
        return answer.authUrl();
    }

    private static String id(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static RegisterResponse answer(Future<RegisterResponse> waiting) throws Exception {
        return waiting.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aClientWaitsUntilItIsApproved() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String url = start(client);
        Future<RegisterResponse> waiting = threads.submit(() -> client.followUp(url));
        assertThat(tailnet.logins().pending())
                .singleElement()
                .satisfies(login -> {
                    assertThat(login.hostname()).isEqualTo("laptop");
                    assertThat(login.machine()).isEqualTo(client.machine);
                });
        Node node = tailnet.logins().approve(id(url), alice.id(), TestTailnet.ADMIN);

        RegisterResponse answer = answer(waiting);
        assertThat(answer.machineAuthorized()).isTrue();
        assertThat(answer.user().id()).isEqualTo(alice.id());
        assertThat(client.node()).isEqualTo(node);
        assertThat(tailnet.logins().pending()).isEmpty();
    }

    @Test
    void aRejectedClientIsTold() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String url = start(client);
        Future<RegisterResponse> waiting = threads.submit(() -> client.followUp(url));
        awaitWaiting();
        tailnet.logins().reject(id(url), TestTailnet.ADMIN);

        RegisterResponse answer = answer(waiting);
        assertThat(answer.machineAuthorized()).isFalse();
        assertThat(answer.error()).isEqualTo("the login was rejected");
        assertThat(tailnet.nodes()).isEmpty();
    }

    /// Until the server holds a follow-up open.
    private void awaitWaiting() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (tailnet.logins().waiting() == 0 && System.nanoTime() < end) {
            Thread.yield();
        }
        assertThat(tailnet.logins().waiting()).isPositive();
    }

    @Test
    void anExpiredOrUnknownUrlIsReplacedByAnother() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String url = start(client);
        world.pass(Duration.ofMinutes(16));
        assertThat(tailnet.logins().pending()).isEmpty();

        String next = client.followUp(url).authUrl();
        assertThat(next).isNotEmpty().isNotEqualTo(url);
        assertThatThrownBy(() -> tailnet.logins().approve(id(url), alice.id(), TestTailnet.ADMIN))
                .isInstanceOf(Refused.class);
    }

    @Test
    void aUrlThatRunsOutWhileItsClientWaitsIsReplaced() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String url = start(client);
        Future<RegisterResponse> waiting = threads.submit(() -> client.followUp(url));
        awaitWaiting();
        world.pass(Duration.ofMinutes(16));

        assertThat(answer(waiting).authUrl()).isNotEmpty().isNotEqualTo(url);
    }

    @Test
    void anotherMachinesLoginIsNoneOfOnesBusiness() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String url = start(client);
        TestClient other = new TestClient(tailnet, "other");

        assertThat(other.followUp(url).authUrl()).isNotEmpty().isNotEqualTo(url);
    }

    @Test
    void whoWasApprovedWithoutHearingItIsInNextTime() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String url = start(client);
        tailnet.logins().approve(id(url), alice.id(), TestTailnet.ADMIN);

        assertThat(client.followUp(url).machineAuthorized()).isTrue();
        assertThat(client.register().machineAuthorized()).isTrue();
    }

    @Test
    void anyOfSeveralUrlsWillDoOnce() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String first = start(client);
        String second = start(client);
        assertThat(first).isNotEqualTo(second);
        Future<RegisterResponse> waiting = threads.submit(() -> client.followUp(second));
        tailnet.logins().approve(id(first), alice.id(), TestTailnet.ADMIN);

        assertThat(answer(waiting).machineAuthorized()).isTrue();
        assertThat(tailnet.nodes()).hasSize(1);
        assertThatThrownBy(() -> tailnet.logins().approve(id(second), bob.id(), TestTailnet.ADMIN))
                .isInstanceOf(Refused.class);
    }

    /// Each time the client has begun anew, with another node key, as one does that was restarted.
    @Test
    void aPageThatWasLeftBehindLetsNobodyIn() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String first = start(client);
        client.newNodeKey();
        String second = start(client);
        tailnet.logins().approve(id(second), alice.id(), TestTailnet.ADMIN);
        assertThatThrownBy(() -> tailnet.logins().approve(id(first), alice.id(), TestTailnet.ADMIN))
                .isInstanceOf(Refused.class);

        client.newNodeKey();
        String third = start(client);
        client.newNodeKey();
        client.register(world.keyFor(alice).secret());
        assertThatThrownBy(() -> tailnet.logins().approve(id(third), alice.id(), TestTailnet.ADMIN))
                .isInstanceOf(Refused.class);
        assertThat(client.node().keys().node()).isEqualTo(client.nodeKey);
        assertThat(tailnet.nodes()).hasSize(1);
    }

    @Test
    void theNewestKeyCounts() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String url = start(client);
        client.newNodeKey();
        Future<RegisterResponse> waiting = threads.submit(() -> client.followUp(url));
        awaitWaiting();
        tailnet.logins().approve(id(url), alice.id(), TestTailnet.ADMIN);

        assertThat(answer(waiting).machineAuthorized()).isTrue();
        assertThat(client.node().owner().is(alice.id())).isTrue();
    }

    @Test
    void strangersCannotFillTheMemory() throws Exception {
        TestClient greedy = new TestClient(tailnet, "greedy");
        TestClient modest = new TestClient(tailnet, "modest");
        String url = start(modest);
        for (int i = 0; i < 100; i++) {
            start(greedy);
        }
        assertThat(tailnet.logins().pending()).hasSizeLessThan(20);
        assertThat(tailnet.logins().find(id(url))).isPresent();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1500; i++) {
            ids.add(start(new TestClient(tailnet, "n" + i)));
        }
        assertThat(ids).hasSize(1500);
        assertThat(tailnet.logins().pending()).hasSizeLessThanOrEqualTo(1024);
    }

    @Test
    void aClientThatGoesAwayWaitsNoLonger() throws Exception {
        TestClient client = new TestClient(tailnet, "laptop");
        String url = start(client);
        CountDownLatch interrupted = new CountDownLatch(1);
        Future<?> waiting =
                threads.submit(() -> {
                    try {
                        client.followUp(url);
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return null;
                });
        awaitWaiting();
        waiting.cancel(true);

        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(tailnet.logins().find(id(url))).isPresent();
    }

    @Test
    void tagsAreForWhoOwnsThem() throws Exception {
        tailnet.policy().set("{\"tagOwners\": {\"tag:web\": [\"alice@\"]}}", TestTailnet.ADMIN);
        TestClient client = new TestClient(tailnet, "web");
        client.requestTags = List.of("tag:web");
        String url = start(client);
        Future<RegisterResponse> waiting = threads.submit(() -> client.followUp(url));
        awaitWaiting();
        assertThatThrownBy(() -> tailnet.logins().approve(id(url), bob.id(), TestTailnet.ADMIN))
                .hasMessage("requested tags [tag:web] are invalid or not permitted");
        assertThat(answer(waiting).error())
                .isEqualTo("requested tags [tag:web] are invalid or not permitted");

        Node node = tailnet.logins().approve(id(start(client)), alice.id(), TestTailnet.ADMIN);
        assertThat(node.owner()).isEqualTo(new Owner.Tagged(new TreeSet<>(Set.of("tag:web"))));
        assertThat(node.membership().expiry()).isEmpty();
    }

    @Test
    void aPersonWhoLogsInMakesATaggedNodeTheirs() throws Exception {
        TestClient client = new TestClient(tailnet, "web");
        client.register(
                tailnet.authKeys()
                        .create(KeyWish.of("tag:web").build(), TestTailnet.ADMIN)
                        .secret());
        long id = client.node().id();
        client.newNodeKey();
        Node node = tailnet.logins().approve(id(start(client)), alice.id(), TestTailnet.ADMIN);

        assertThat(node.id()).isEqualTo(id);
        assertThat(node.owner()).isEqualTo(new Owner.Person(alice.id()));
    }
}
