package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.PingRequest;
import dev.remora.server.model.Node;
import dev.remora.server.netmap.MapCounts.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The kinds of requests, who may make them, how a poll begins and ends, and what a node may be asked.
class MapServiceTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final TestTailnet tailnet = new TestTailnet(3);
    private final Node node = tailnet.add(1);
    private final Node peer = tailnet.add(1);
    private MapService service = tailnet.serve();

    @AfterEach
    void stop() {
        service.close();
    }

    private Throwable refused(Node asking, MapRequest request) throws Exception {
        TestClient client = new TestClient(true);
        TestClient.start(service, asking, request, client);
        Throwable end = client.end();
        assertThat(client.begun()).as("an error is not a 200").isFalse();
        return end;
    }

    private static void assertStatus(Throwable end, int status) {
        assertThat(end)
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.httpStatus()).isEqualTo(status));
    }

    @Test
    void anUnknownNodeIsNotFound() throws Exception {
        tailnet.delete(node.id());

        assertStatus(refused(node, TestClient.poll(node, true)), 404);
        assertStatus(refused(node, TestClient.lite(node)), 404);
        assertThat(service.counts().get(Kind.REFUSED)).isEqualTo(2);
        assertThat(tailnet.lastReport(node.id())).isEmpty();
    }

    /// Every machine can open a connection; a node key is no secret.
    @Test
    void anothersNodeKeyIsAsGoodAsNone() throws Exception {
        assertStatus(refused(peer, TestClient.poll(node, true)), 404);
        assertStatus(refused(peer, TestClient.look(node)), 404);
        assertStatus(refused(peer, TestClient.lite(node)), 404);
        assertThat(tailnet.lastReport(node.id())).isEmpty();
    }

    @Test
    void aClientThatIsTooOldIsToldSo() throws Exception {
        MapRequest old =
                new MapRequest(
                        112,
                        "zstd",
                        true,
                        node.keys().node(),
                        node.keys().disco(),
                        true,
                        node.report().hostInfo(),
                        null,
                        null,
                        null,
                        false,
                        null,
                        false);

        Throwable end = refused(node, old);
        assertStatus(end, 400);
        assertThat(((Refusal) end).text()).isEqualTo("unsupported client version: 1.102.5 (112)");
    }

    @Test
    void aLiteUpdateIsTakenInAndEndsNoPoll() throws Exception {
        TestClient poll = TestClient.polling(service, node);
        poll.awaitMessages(1);
        TestClient lite = new TestClient(true);
        TestClient.start(service, node, TestClient.lite(node), lite);

        assertThat(lite.end()).isInstanceOf(TestClient.EndOfBody.class);
        assertThat(lite.begun()).isTrue();
        assertThat(lite.count()).isZero();
        assertThat(tailnet.lastReport(node.id())).contains(TestClient.lite(node));
        service.onPatched(peer.id(), EnumSet.of(Part.ENDPOINTS));
        poll.awaitMessages(2);
        assertThat(service.counts().get(Kind.LITE_UPDATES)).isEqualTo(1);
    }

    @Test
    void aStaleLiteUpdateIsDropped() throws Exception {
        FrameSink gone =
                new TestClient(true) {
                    @Override
                    public void whenClosed(Runnable notify) {
                        notify.run();
                    }
                };

        service.answer(node.keys().machine(), TestClient.lite(node), gone);

        assertThat(tailnet.lastReport(node.id())).isEmpty();
    }

    @Test
    void oneShotIsOneMapAndTakenIn() throws Exception {
        TestClient client = new TestClient(true);
        service.answer(
                node.keys().machine(), TestClient.request(node, true, false, false, false), client);

        assertThat(client.count()).isEqualTo(1);
        assertThat(client.map().peers()).hasSize(1);
        assertThat(tailnet.lastReport(node.id())).isPresent();
        assertThat(tailnet.online(node.id())).isFalse();
    }

    @Test
    void lookingIsNotTakenIn() throws Exception {
        TestClient client = new TestClient(true);
        service.answer(node.keys().machine(), TestClient.look(node), client);

        assertThat(client.map().peers()).hasSize(1);
        assertThat(tailnet.lastReport(node.id())).isEmpty();
    }

    /// As the client written in Rust wants it.
    @Test
    void whoAsksForNoCompressionGetsPlainJson() {
        TestClient client = new TestClient(false);
        TestClient.start(service, node, TestClient.poll(node, false), client);

        assertThat(client.awaitMap(map -> true).peers()).hasSize(1);
        service.onPatched(peer.id(), EnumSet.of(Part.CAP));
        client.awaitMessages(2);
    }

    @Test
    void theNewestPollWins() throws Exception {
        TestClient first = TestClient.polling(service, node);
        first.awaitMessages(1);
        TestClient second = TestClient.polling(service, node);

        assertThat(first.end()).isInstanceOf(TestClient.EndOfBody.class);
        second.awaitMessages(1);
        assertThat(tailnet.online(node.id())).isTrue();
        service.onPatched(peer.id(), EnumSet.of(Part.CAP));
        second.awaitMessages(2);
        assertThat(service.counts().pollsOpen()).isEqualTo(1);
        assertThat(service.counts().get(Kind.POLLS_REPLACED)).isEqualTo(1);
    }

    @Test
    void aPollThatWasHungUpLeavesNothingBehind() throws Exception {
        TestClient client = TestClient.polling(service, node);
        client.awaitMessages(1);
        assertThat(tailnet.online(node.id())).isTrue();

        client.hangUp();

        assertThat(client.end()).isInstanceOf(TestClient.EndOfBody.class);
        assertThat(service.isPolling(node.id())).isFalse();
        assertThat(tailnet.openPolls()).isZero();
        assertThat(tailnet.online(node.id())).isFalse();
    }

    @Test
    void aConnectionThatBreaksEndsThePoll() throws Exception {
        TestClient client =
                new TestClient(true) {
                    @Override
                    public void write(byte[] frame) throws IOException, InterruptedException {
                        if (count() > 0) {
                            throw new IOException("reset");
                        }
                        super.write(frame);
                    }
                };
        TestClient.start(service, node, TestClient.poll(node, true), client);
        client.awaitMessages(1);

        service.onPatched(peer.id(), EnumSet.of(Part.CAP));

        assertThat(client.end()).hasMessage("reset");
        assertThat(service.counts().pollsOpen()).isZero();
    }

    /// However much happens, what waits for a reader who does not read is one entry a node.
    @Test
    void aSlowReaderCatchesUpInOneMessage() throws Exception {
        TestClient client = TestClient.polling(service, node);
        client.awaitMessages(1);
        client.stall();
        for (int i = 0; i < 1000; i++) {
            service.onPatched(peer.id(), EnumSet.of(Part.ENDPOINTS, Part.CAP));
        }
        client.goOn();
        service.ping(node.id(), "", "", LONG);
        client.awaitPings(1);

        assertThat(client.count()).as("one under way, one for the rest, the ping").isBetween(3, 4);
        assertThat(service.counts().deepestMailbox()).isLessThanOrEqualTo(2);
    }

    @Test
    void silenceIsBrokenByASignOfLife() {
        service =
                tailnet.serve(
                        TestTailnet.settings()
                                .withKeepAlive(Duration.ofMillis(1), Duration.ofMillis(1)));
        TestClient client = TestClient.polling(service, node);

        assertThat(client.message(1).keepAlive()).isTrue();
        assertThat(client.message(2).keepAlive()).isTrue();
        assertThat(TestTailnet.settings().keepAliveAfter()).isEqualTo(Duration.ofSeconds(50));
        assertThat(TestTailnet.settings().keepAliveJitter()).isLessThan(Duration.ofSeconds(10));
    }

    /// A client that only loses its poll asks again forever; one whose key has ended logs in.
    @Test
    void aDeletedNodeIsToldThatItsKeyHasEnded() throws Exception {
        TestClient client = TestClient.polling(service, node);
        TestClient watching = TestClient.polling(service, peer);
        client.awaitMessages(1);
        watching.awaitMap(map -> map.peers().size() == 1);

        tailnet.delete(node.id());
        service.onRemoved(node.id());

        assertThat(client.end()).isInstanceOf(TestClient.EndOfBody.class);
        assertThat(client.map().isSelfExpired(TestTailnet.NOW)).isTrue();
        watching.awaitMap(map -> map.peers().size() == 0);
        assertStatus(refused(node, TestClient.poll(node, true)), 404);
    }

    /// It has to learn that its key was extended.
    @Test
    void anExpiredNodeGetsItsMap() {
        tailnet.change(
                node.id(),
                n ->
                        n.withMembership(
                                n.membership()
                                        .withExpiry(Optional.of(TestTailnet.NOW.minusSeconds(9)))));
        TestClient client = TestClient.polling(service, node);

        assertThat(client.message(0).node().keyExpiry()).isEqualTo(TestTailnet.NOW.minusSeconds(9));
        assertThat(client.message(0).node().machineAuthorized()).isFalse();
        assertThat(client.message(0).peers()).hasSize(1);
    }

    @Test
    void closingEndsEveryPollAndTakesNoMore() throws Exception {
        TestClient client = TestClient.polling(service, node);
        client.awaitMessages(1);

        service.close();

        assertThat(client.end()).isInstanceOf(TestClient.EndOfBody.class);
        assertStatus(refused(node, TestClient.poll(node, true)), 503);
    }

    @Test
    void aCallIsAnsweredOnceAndByTheMachineThatWasAsked() throws Exception {
        TestClient client = TestClient.polling(service, node);
        client.awaitMessages(1);
        byte[] request = "GET /echo HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        CompletableFuture<byte[]> answer = service.call(node.id(), request, LONG);

        PingRequest asked = client.message(1).pingRequest();
        assertThat(asked.types()).isEqualTo("c2n");
        assertThat(asked.urlIsNoise()).isTrue();
        assertThat(asked.url()).startsWith("https://unused/c2n/");
        assertThat(Base64.getDecoder().decode(asked.payload())).isEqualTo(request);
        assertThat(client.message(1).node()).isNull();

        String token = asked.url().substring("https://unused/c2n/".length());
        byte[] body = {1, 2, 3};
        assertThat(service.pingAnswered(peer.keys().machine(), token, body)).isFalse();
        assertThat(service.pingAnswered(node.keys().machine(), "guess", body)).isFalse();
        assertThat(service.pingAnswered(node.keys().machine(), token, body)).isTrue();
        assertThat(service.pingAnswered(node.keys().machine(), token, body)).isFalse();
        assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(body);
    }

    @Test
    void nobodyWaitsForANodeThatIsNotThereOrDoesNotRead() {
        assertThat(service.ping(peer.id(), "disco", "100.64.0.1", LONG)).isCompletedExceptionally();

        TestClient client = TestClient.polling(service, node);
        client.awaitMessages(1);
        client.stall();
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                CompletableFuture<byte[]> asked =
                                        service.ping(node.id(), "", "", LONG);
                                if (asked.isDone()) {
                                    asked.get(60, TimeUnit.SECONDS);
                                }
                            }
                        })
                .hasCauseInstanceOf(IOException.class);
        client.hangUp();
        client.goOn();
    }
}
