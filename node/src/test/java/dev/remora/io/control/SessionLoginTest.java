package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.crypto.NodePrivateKey;
import dev.remora.io.control.ControlState.Connected;
import dev.remora.io.control.ControlState.Failed;
import dev.remora.io.control.ControlState.NeedsLogin;
import dev.remora.io.control.FakeControlServer.Exchange;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.RegisterRequest;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How a node gets in, stays in with another key, and leaves.
class SessionLoginTest extends SessionFixture {
    private static final LoginOptions EPHEMERAL =
            new LoginOptions(Optional.empty(), true, false, Optional.empty(), 0, Optional.empty());

    @Test
    void sendsAPersonToThePageAndWaits() throws Exception {
        FakeControlServer server = goodServer();
        AtomicInteger asked = new AtomicInteger();
        server.on(
                "/machine/register",
                e -> {
                    switch (asked.getAndIncrement()) {
                        case 0 -> e.reply(200, "{\"AuthURL\":\"https://login.test/a\"}");
                        case 1 -> e.stream().parent().close(); // the connection breaks meanwhile
                        case 2 -> {} // the server just waits
                        default -> e.reply(200, SUCCESS);
                    }
                });

        session(server).login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(NeedsLogin.class).url()).contains("https://login.test/a");
        listener.awaitState(Connected.class);
        List<RegisterRequest> requests = registrations(server);
        assertThat(requests).hasSizeGreaterThanOrEqualTo(4);
        assertThat(requests)
                .extracting(RegisterRequest::nodeKey)
                .containsOnly(requests.getFirst().nodeKey());
        assertThat(requests.getFirst().followup()).isNull();
        assertThat(requests.getLast().followup()).isEqualTo("https://login.test/a");
    }

    /// A key that is good for one node only must not be spent on the login that is under way when a new one is asked for.
    @Test
    void aMemberKeepsItsAuthKeyUntilItIsNeeded() throws Exception {
        FakeControlServer server = goodServer();
        NodeIdentity member =
                new NodeIdentity(Optional.of(NodePrivateKey.generate(RANDOM)), Optional.empty());
        ControlSession session = session(server, member);
        session.login(LoginOptions.withAuthKey("once"));
        listener.awaitState(Connected.class);
        assertThat(registrations(server).getFirst().auth()).isNull();

        session.login(
                new LoginOptions(
                        Optional.of(new AuthKey("once")),
                        false,
                        true,
                        Optional.empty(),
                        1,
                        Optional.empty()));

        listener.awaitState(Connected.class, state -> !listener.identity().equals(member));
        assertThat(registrations(server).getLast().auth().authKey().secret()).isEqualTo("once");
    }

    @Test
    void aMemberThatTheServerHasForgottenUsesItsAuthKey() throws Exception {
        FakeControlServer server = goodServer();
        server.on(
                "/machine/register",
                e ->
                        e.reply(
                                200,
                                e.body().contains("\"AuthKey\"")
                                        ? SUCCESS
                                        : "{\"AuthURL\":\"https://login.test/a\"}"));
        NodePrivateKey stored = NodePrivateKey.generate(RANDOM);
        session(server, new NodeIdentity(Optional.of(stored), Optional.empty()))
                .login(LoginOptions.withAuthKey("key"));

        listener.awaitState(Connected.class);
        assertThat(registrations(server))
                .hasSize(2)
                .extracting(RegisterRequest::nodeKey)
                .containsOnly(stored.publicKey());
        assertThat(listener.states()).noneMatch(NeedsLogin.class::isInstance);
    }

    @Test
    void offersANewKeyWhenTheOldOneHasEnded() throws Exception {
        FakeControlServer server = goodServer();
        AtomicInteger asked = new AtomicInteger();
        server.on(
                "/machine/register",
                e ->
                        e.reply(
                                200,
                                asked.getAndIncrement() == 0
                                        ? "{\"NodeKeyExpired\":true}"
                                        : SUCCESS));
        NodePrivateKey stored = NodePrivateKey.generate(RANDOM);

        session(server, new NodeIdentity(Optional.of(stored), Optional.empty()))
                .login(LoginOptions.RESUME);

        listener.awaitState(Connected.class);
        List<RegisterRequest> requests = registrations(server);
        assertThat(requests.get(0).nodeKey()).isEqualTo(stored.publicKey());
        assertThat(requests.get(1).nodeKey()).isNotEqualTo(stored.publicKey());
        assertThat(requests.get(1).oldNodeKey()).isEqualTo(stored.publicKey());
        assertThat(listener.identity().oldNodeKey().orElseThrow().publicKey())
                .isEqualTo(stored.publicKey());
    }

    @Test
    void doesNotOfferKeysForEver() throws Exception {
        FakeControlServer server = goodServer();
        server.on("/machine/register", e -> e.reply(200, "{\"NodeKeyExpired\":true}"));

        session(server).login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(Failed.class).reason())
                .isEqualTo(Reason.REGISTRATION_REFUSED);
    }

    @Test
    void replacesAKeyThatEndsWhileTheMapGoesOn() throws Exception {
        FakeControlServer server = goodServer();
        AtomicInteger polls = new AtomicInteger();
        server.on(
                "map",
                e -> {
                    String first = map(e, "");
                    e.begin().message(first);
                    if (polls.getAndIncrement() == 0) {
                        e.message(first.replace("'ID':1,", "'ID':1,'Expired':true,"));
                    }
                });

        session(server).login(LoginOptions.withAuthKey("key"));

        listener.awaitState(
                Connected.class, state -> registrations(server).size() == 2 && polls.get() == 2);
        List<RegisterRequest> requests = registrations(server);
        assertThat(requests.get(1).oldNodeKey()).isEqualTo(requests.get(0).nodeKey());
    }

    @Test
    void needsNoNewKeyWhenTheOldOneIsExtended() throws Exception {
        FakeControlServer server = goodServer();
        server.on(
                "map",
                e -> {
                    String first = map(e, "");
                    server.on(
                            "/machine/register",
                            r -> {
                                r.reply(200, "{\"AuthURL\":\"https://login.test/b\"}");
                                server.on("/machine/register", waiting -> e.message(first));
                            });
                    e.begin().message(first.replace("'ID':1,", "'ID':1,'Expired':true,"));
                });

        session(server).login(LoginOptions.RESUME);

        listener.awaitState(Connected.class);
        assertThat(listener.states())
                .anyMatch(s -> s instanceof NeedsLogin n && n.url().isPresent());
        assertThat(listener.identity().oldNodeKey()).isEmpty();
    }

    @Test
    void anEmptyAuthKeyIsNotEvenSent() throws Exception {
        FakeControlServer server = goodServer();

        session(server).login(LoginOptions.withAuthKey(" "));

        Failed failed = listener.awaitSeen(Failed.class);
        assertThat(failed.reason()).isEqualTo(Reason.AUTH_KEY_EMPTY);
        assertThat(failed.nextTryAt()).isEmpty();
        assertThat(server.seen).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "invalid pre auth key | AUTH_KEY_INVALID",
                "invalid authkey | AUTH_KEY_INVALID",
                "authkey expired | AUTH_KEY_EXPIRED",
                "authkey already used | AUTH_KEY_USED",
                "authkey revoked | AUTH_KEY_REVOKED",
                "handling register with auth key: creating new node: requested tags [tag:x] are invalid or not permitted | TAGS_REFUSED",
                "the moon is full | REGISTRATION_REFUSED",
            })
    void saysWhyALoginIsRefusedAndLetsALaterOneSucceed(String text, Reason reason)
            throws Exception {
        FakeControlServer server = goodServer();
        server.on("/machine/register", e -> e.reply(200, "{\"Error\":\"" + text + "\"}"));
        ControlSession session = session(server);

        session.login(LoginOptions.withAuthKey("key"));

        Failed failed = listener.awaitSeen(Failed.class);
        assertThat(failed.reason()).isEqualTo(reason);
        assertThat(failed.sentence()).contains(text).doesNotContain("\n");
        server.on("/machine/register", e -> e.reply(200, SUCCESS));
        session.login(LoginOptions.withAuthKey("better"));
        listener.awaitState(Connected.class);
    }

    @Test
    void waitsAsLongAsTheServerWants() throws Exception {
        FakeControlServer server = goodServer();
        server.on(
                "/machine/register",
                e ->
                        e.reply(
                                new DefaultHttp2Headers().status("429").add("retry-after", "40"),
                                "too many"));

        session(server).login(LoginOptions.RESUME);

        Failed failed = listener.awaitSeen(Failed.class);
        assertThat(failed.reason()).isEqualTo(Reason.RATE_LIMITED);
        assertThat(Duration.between(Instant.now(), failed.nextTryAt().orElseThrow()))
                .isBetween(Duration.ofSeconds(35), Duration.ofSeconds(40));
    }

    @Test
    void logsOutWithADateInThePast() throws Exception {
        FakeControlServer server = goodServer();
        ControlSession session = session(server);
        session.login(LoginOptions.RESUME);
        listener.awaitState(Connected.class);

        session.logout().get(10, TimeUnit.SECONDS);

        assertThat(registrations(server).getLast().expiry())
                .isEqualTo(Instant.parse("1970-01-01T00:02:03Z"));
        assertThat(listener.identity()).isEqualTo(NodeIdentity.NONE);
        assertThat(listener.awaitSeen(NeedsLogin.class).why()).isEqualTo(NeedsLogin.Why.LOGGED_OUT);
    }

    @Test
    void anEphemeralNodeSaysGoodbye() throws Exception {
        FakeControlServer server = goodServer();
        ControlSession session = session(server);
        session.login(EPHEMERAL);
        listener.awaitState(Connected.class);

        session.close();

        assertThat(registrations(server)).hasSize(2);
        assertThat(registrations(server).getLast().expiry()).isBefore(Instant.now());
    }

    @Test
    void aGoodbyeIsNotCutShortByOtherNews() throws Exception {
        FakeControlServer server = goodServer();
        ControlSession session = session(server);
        session.login(EPHEMERAL);
        listener.awaitState(Connected.class);
        CompletableFuture<Exchange> goodbye = new CompletableFuture<>();
        server.on("/machine/register", goodbye::complete);

        Thread closing = Thread.ofVirtual().start(session::close);
        Exchange asked = goodbye.join();
        session.onNetworkChange();

        assertThat(closing.join(Duration.ofMillis(300))).isFalse();
        asked.reply(200, SUCCESS);
        assertThat(closing.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void usesNoKeyThatIsNotSaved() throws Exception {
        FakeControlServer server = goodServer();
        listener.failToSave(2);

        session(server).login(LoginOptions.RESUME);

        listener.awaitState(Connected.class);
        assertThat(listener.states())
                .anyMatch(s -> s instanceof Failed f && f.reason() == Reason.STATE_NOT_SAVED);
    }
}
