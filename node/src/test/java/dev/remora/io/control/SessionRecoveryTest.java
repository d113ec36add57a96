package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.engine.netmap.NetMap;
import dev.remora.io.control.ControlState.Connected;
import dev.remora.io.control.ControlState.Failed;
import dev.remora.io.control.FakeControlServer.Exchange;
import dev.remora.proto.control.RegisterRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The session against answers that are wrong, or cut, or do not come.
class SessionRecoveryTest extends SessionFixture {
    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "{\"MachineAuthorized\":\"yes\"}", "not json"})
    void takesNonsenseForAFailureAndAsksAgain(String body) throws Exception {
        FakeControlServer server = goodServer();
        AtomicInteger asked = new AtomicInteger();
        server.on(
                "/machine/register",
                e -> e.reply(200, asked.getAndIncrement() == 0 ? body : SUCCESS));

        session(server).login(LoginOptions.RESUME);

        listener.awaitState(Connected.class);
        assertThat(listener.states())
                .anyMatch(s -> s instanceof Failed f && f.reason() == Reason.MALFORMED_ANSWER);
    }

    @Test
    void readsNoAnswerWithoutEnd() throws Exception {
        FakeControlServer server = goodServer();
        AtomicInteger asked = new AtomicInteger();
        server.on(
                "/machine/register",
                e -> e.reply(200, asked.getAndIncrement() == 0 ? " ".repeat(3 << 20) : SUCCESS));

        session(server).login(LoginOptions.RESUME);

        listener.awaitState(Connected.class);
        assertThat(asked.get()).isEqualTo(2);
    }

    @Test
    void doesNotWaitForAnAnswerForEver() throws Exception {
        FakeControlServer server = goodServer();
        AtomicInteger asked = new AtomicInteger();
        server.on(
                "/machine/register",
                e -> {
                    if (asked.getAndIncrement() > 0) {
                        e.reply(200, SUCCESS);
                    }
                });

        session(server).login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(Failed.class).reason()).isEqualTo(Reason.TIMED_OUT);
        listener.awaitState(Connected.class);
    }

    /// Whatever comes after a good map, the map stays, and the next stream is followed again.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "zero length",
                "huge length",
                "not zstd",
                "not json",
                "cut",
                "end",
                "reset",
                "drop",
                "no node"
            })
    void keepsTheMapWhenTheStreamBreaks(String how) throws Exception {
        FakeControlServer server = goodServer();
        AtomicInteger polls = new AtomicInteger();
        server.on(
                "map",
                e -> {
                    int poll = polls.getAndIncrement();
                    if (poll == 1 && how.equals("no node")) {
                        e.begin().message("{'Domain':'x'}");
                        return;
                    }
                    e.begin().message(map(e, ",'Seq':" + poll));
                    if (poll == 0) {
                        spoil(e, how);
                    }
                });

        session(server).login(LoginOptions.RESUME);

        NetMap map = listener.awaitMap(m -> true);
        listener.awaitState(
                Connected.class, state -> polls.get() >= (how.equals("no node") ? 3 : 2));
        assertThat(listener.awaitMap(m -> true).self()).isEqualTo(map.self());
        assertThat(registrations(server)).hasSize(1);
    }

    private static void spoil(Exchange stream, String how) {
        switch (how) {
            case "zero length" -> stream.raw(new byte[4]);
            case "huge length" -> stream.raw(new byte[] {-1, -1, -1, 127});
            case "not zstd" -> stream.raw(new byte[] {4, 0, 0, 0, 1, 2, 3, 4});
            case "not json" -> stream.raw(FakeControlServer.frame("{\"Peers\":5}"));
            case "cut" -> stream.raw(new byte[] {9, 0, 0, 0, 1}).end();
            case "reset" -> stream.reset();
            case "drop" -> stream.stream().parent().close();
            default -> stream.end();
        }
    }

    @Test
    void asksWhetherItStillExistsWhenTheServerIsSilent() throws Exception {
        FakeControlServer server = goodServer();
        session(server).login(LoginOptions.RESUME);
        listener.awaitState(Connected.class);
        awaitUpdate(server, update -> true);

        server.on("update", e -> e.reply(404, "node not found"));

        Failed failed = listener.awaitSeen(Failed.class, f -> f.reason() == Reason.NODE_GONE);
        assertThat(failed.sentence()).contains("deleted");
        server.on("update", e -> e.reply(200, ""));
        listener.awaitState(Connected.class);
        assertThat(registrations(server)).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void aNetworkThatIsBackEndsThePauseBeforeTheNextTry() throws Exception {
        FakeControlServer server = goodServer();
        server.on("/machine/register", e -> e.reply(500, "try later"));
        ControlSession session = session(config(server.url(), NEVER_AGAIN), NodeIdentity.NONE);
        session.login(LoginOptions.RESUME);
        listener.awaitSeen(Failed.class);

        server.on("/machine/register", e -> e.reply(200, SUCCESS));
        session.onNetworkBack();

        listener.awaitState(Connected.class);
    }

    @Test
    void aNetworkThatComesBackWhileATryFailsEndsTheNextPause() throws Exception {
        FakeControlServer server = goodServer();
        CompletableFuture<ControlSession> session = new CompletableFuture<>();
        server.on(
                "/machine/register",
                e -> {
                    session.join().onNetworkBack();
                    e.reply(500, "try later");
                    server.on("/machine/register", again -> again.reply(200, SUCCESS));
                });

        session.complete(session(config(server.url(), NEVER_AGAIN), NodeIdentity.NONE));
        session.join().login(LoginOptions.RESUME);

        listener.awaitState(Connected.class);
    }

    @Test
    void takesASilentConnectionForDead() throws Exception {
        FakeControlServer server = goodServer();

        session(server).login(LoginOptions.RESUME);
        listener.awaitState(Connected.class);

        listener.awaitState(Connected.class, state -> polls(server) >= 3);
    }

    @Test
    void comesBackWithAnotherKeyWhenItsOwnIsNotWantedAnyMore() throws Exception {
        FakeControlServer server = goodServer();
        server.on(
                "map",
                e -> {
                    if (polls(server) <= 2) {
                        e.reply(404, "node not found");
                    } else {
                        e.begin().message(map(e, ""));
                    }
                });

        session(server).login(LoginOptions.RESUME);

        listener.awaitState(Connected.class);
        List<RegisterRequest> requests = registrations(server);
        assertThat(requests.get(1).nodeKey()).isEqualTo(requests.get(0).nodeKey());
        assertThat(requests.get(2).nodeKey()).isNotEqualTo(requests.get(0).nodeKey());
    }

    @Test
    void aMistakeOfOursIsNotTheEndOfTheConversation() throws Exception {
        FakeControlServer server = goodServer();
        listener.failOnMaps(2);

        session(server).login(LoginOptions.RESUME);

        listener.awaitState(Connected.class);
        assertThat(listener.states())
                .anyMatch(s -> s instanceof Failed f && f.reason() == Reason.OUR_MISTAKE);
    }
}
