package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.crypto.MachinePrivateKey;
import dev.remora.io.control.ControlState.Connected;
import dev.remora.io.control.ControlState.Failed;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The session against servers that are none, are of another time, or cannot be trusted.
class SessionServerTroubleTest extends SessionFixture {
    @ParameterizedTest
    @CsvSource({
        "404, not here, NOT_A_CONTROL_SERVER",
        "200, <html>, NOT_A_CONTROL_SERVER",
        "200, '', NOT_A_CONTROL_SERVER",
        "200, '{}', SERVER_TOO_OLD",
        "503, busy, SERVER_ERROR",
        "400, unsupported client version: 119, CLIENT_TOO_OLD",
        "200, 4b8ab8bd4c4eb9e0f2b6a4c6a2b8ad4be7ba0d4e4fa5e6f5a2b2f3cfd6c0a14e, SERVER_TOO_OLD",
        "400, Client sent an HTTP request to an HTTPS server., NOT_A_CONTROL_SERVER",
    })
    void saysWhatIsWrongWithAServerThatTellsNoKeyAndRecovers(int status, String body, Reason reason)
            throws Exception {
        FakeControlServer server = goodServer();
        server.onKey = target -> FakeControlServer.response(status, body);

        session(server).login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(Failed.class).reason()).isEqualTo(reason);
        server.onKey = target -> server.keyResponse();
        listener.awaitState(Connected.class);
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        FakeControlServer server = goodServer();
        ControlSession session = session(server);
        server.close();

        session.login(LoginOptions.RESUME);

        Failed failed = listener.awaitSeen(Failed.class);
        assertThat(failed.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(failed.sentence()).contains(server.url().text());
    }

    @Test
    void saysThatANameIsUnknown() throws Exception {
        session(
                        config(new ControlUrl(true, "no-such-host.invalid", -1, ""), QUICK),
                        NodeIdentity.NONE)
                .login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(Failed.class).reason()).isEqualTo(Reason.NAME_NOT_FOUND);
    }

    @Test
    void givesUpOnAServerThatDoesNotAnswer() throws Exception {
        FakeControlServer server = goodServer();
        server.onKey =
                target -> {
                    throw new IllegalStateException("no answer");
                };

        session(server).login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(Failed.class).reason()).isEqualTo(Reason.TIMED_OUT);
    }

    @Test
    void saysThatAProxyEatsTheUpgrade() throws Exception {
        FakeControlServer server = goodServer();
        server.upgradeRefused = Optional.of(HttpResponseStatus.BAD_REQUEST);

        session(server).login(LoginOptions.RESUME);

        Failed failed = listener.awaitSeen(Failed.class);
        assertThat(failed.reason()).isEqualTo(Reason.NOT_A_CONTROL_SERVER);
        assertThat(failed.sentence()).contains("proxy");
    }

    @Test
    void saysThatTheServerClosesInsteadOfShakingHands() throws Exception {
        FakeControlServer server = goodServer();
        server.silentAfterUpgrade = true;

        session(server).login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(Failed.class).reason()).isEqualTo(Reason.HANDSHAKE_REFUSED);
        server.silentAfterUpgrade = false;
        listener.awaitState(Connected.class);
    }

    @Test
    void learnsTheNewKeyOfAServer() throws Exception {
        FakeControlServer server = goodServer();
        session(server).login(LoginOptions.RESUME);
        listener.awaitState(Connected.class);
        int polls = polls(server);

        server.key = MachinePrivateKey.generate(RANDOM);
        server.dropAll();

        listener.awaitState(Connected.class, state -> polls(server) > polls);
    }

    @Test
    void saysThatTheServerWantsANewerProgram() throws Exception {
        FakeControlServer server = goodServer();
        server.on("/machine/register", e -> e.reply(400, "unsupported client version: 1.80 (119)"));

        session(server).login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(Failed.class).reason()).isEqualTo(Reason.CLIENT_TOO_OLD);
    }

    @ParameterizedTest
    @CsvSource({
        "server.pem, other-ca.pem, 127.0.0.2, CERTIFICATE_UNTRUSTED",
        "expired.pem, ca.pem, 127.0.0.2, CERTIFICATE_DATES",
        "server.pem, ca.pem, 127.0.0.2, CERTIFICATE_OTHER_NAME", // it names 127.0.0.1
    })
    void saysWhatIsWrongWithACertificate(
            String certificate, String authority, String host, Reason reason) throws Exception {
        FakeControlServer server = server("127.0.0.2", Optional.of(tls(certificate)));
        ControlUrl url = new ControlUrl(true, host, server.port(), "");

        session(config(url, authority, QUICK), NodeIdentity.NONE).login(LoginOptions.RESUME);

        Failed failed = listener.awaitSeen(Failed.class);
        assertThat(failed.reason()).isEqualTo(reason);
    }

    @Test
    void saysThatAPlainServerSpeaksNoTls() throws Exception {
        FakeControlServer server = goodServer();
        ControlUrl url = new ControlUrl(true, "127.0.0.1", server.port(), "");

        session(config(url, QUICK), NodeIdentity.NONE).login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(Failed.class).reason()).isEqualTo(Reason.TLS_FAILED);
    }

    @Test
    void speaksTlsOutsideOfNoise() throws Exception {
        FakeControlServer server = script(server("127.0.0.1", Optional.of(tls("server.pem"))));

        session(config(server.url(), "ca.pem", QUICK), NodeIdentity.NONE)
                .login(LoginOptions.RESUME);

        listener.awaitState(Connected.class);
    }

    @Test
    void needsNoEndOfTcpToSeeTheEndOfAnAnswer() throws Exception {
        FakeControlServer server = script(server("127.0.0.1", Optional.of(tls("server.pem"))));
        server.onKey =
                target -> {
                    FullHttpResponse page = FakeControlServer.response(200, "hello");
                    page.headers().remove("Content-Length");
                    return page;
                };

        session(config(server.url(), "ca.pem", QUICK), NodeIdentity.NONE)
                .login(LoginOptions.RESUME);

        assertThat(listener.awaitSeen(Failed.class).reason())
                .isEqualTo(Reason.NOT_A_CONTROL_SERVER);
    }
}
