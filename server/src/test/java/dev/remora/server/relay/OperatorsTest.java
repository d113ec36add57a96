package dev.remora.server.relay;

import static dev.remora.server.relay.TestRelay.ALICE;
import static dev.remora.server.relay.TestRelay.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.io.loop.EngineLoop;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.HandshakeFrame;
import dev.remora.server.http.Answers;
import dev.remora.server.http.HttpServer;
import dev.remora.server.http.HttpSettings;
import dev.remora.server.http.Routes;
import dev.remora.server.tls.ClientTls;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What whoever runs a relay asks of it: that it lets in whom a control server knows, counts, and tells a few addresses.
class OperatorsTest {
    private final EngineLoop loop = EngineLoop.start("operators-test");

    @AfterEach
    void endTheLoop() throws InterruptedException {
        loop.closeAndWait();
    }

    private HttpServer serve(Routes routes) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
        return HttpServer.start(loop, HttpSettings.of(any, Optional.empty()), routes);
    }

    private static URI url(HttpServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    }

    private static String fetch(HttpServer server, String path) throws IOException {
        try (var in = url(server, path).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private RelayServer relayAsking(URI control, boolean failOpen) throws Exception {
        ClientTls tls = ClientTls.trusting(Optional.empty(), Runnable::run);
        Admission admission = new VerifyUrl(control, failOpen, tls);
        return new RelayServer(loop, RelaySettings.open(TestRelay.KEY).withAdmission(admission));
    }

    private static Routes control(int status, String answer, CompletableFuture<String> asked) {
        return Routes.none()
                .withPage(
                        "/verify",
                        4096,
                        request -> {
                            asked.complete(request.method() + " " + request.text());
                            return CompletableFuture.completedFuture(
                                    Answers.json(HttpResponseStatus.valueOf(status), answer));
                        });
    }

    @Test
    void whomTheControlServerKnowsMayComeIn() throws Exception {
        CompletableFuture<String> asked = new CompletableFuture<>();
        try (HttpServer control = serve(control(200, "{\"New\":[1],\"Allow\":true}", asked));
                RelayServer relay = relayAsking(url(control, "/verify"), false);
                HttpServer front = serve(relay.routes());
                Sockets alice = Sockets.join(front.address(), relay.publicKey(), ALICE)) {
            assertThat(asked.getNow(""))
                    .isEqualTo(
                            "POST {\"NodePublic\":\"nodekey:%s\",\"Source\":\"127.0.0.1\"}"
                                    .formatted(ALICE.publicKey().bytes().hex()));
            alice.write(new DerpFrame.Ping(1));
            assertThat(alice.read()).isEqualTo(new DerpFrame.Pong(1));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"Allow\":false}",
                "200 | {}",
                "200 | yes",
                "200 | {\"Allow\":true",
                "500 | {\"Allow\":true}",
                "302 | {\"Allow\":true}"
            })
    void nobodyElseMayEvenIfTheRelayFailsOpen(int status, String answer) throws Exception {
        try (HttpServer control = serve(control(status, answer, new CompletableFuture<>()));
                RelayServer relay = relayAsking(url(control, "/verify"), true);
                HttpServer front = serve(relay.routes());
                Sockets bob = Sockets.introduced(front.address(), relay.publicKey(), BOB)) {
            assertThat(bob.isHungUp()).isTrue();
            assertThat(relay.counts().hangups(Hangup.NOT_ADMITTED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void whileTheControlServerIsAwayItDependsOnTheFlag(boolean failOpen) throws Exception {
        HttpServer gone = serve(Routes.none());
        URI control = url(gone, "/verify");
        gone.close();
        try (RelayServer relay = relayAsking(control, failOpen);
                HttpServer front = serve(relay.routes());
                Sockets alice = Sockets.introduced(front.address(), relay.publicKey(), ALICE)) {
            if (failOpen) {
                assertThat(alice.read()).isInstanceOf(HandshakeFrame.ServerInfo.class);
            } else {
                assertThat(alice.isHungUp()).isTrue();
            }
        }
    }

    @Test
    void everythingIsCountedByReason() throws Exception {
        try (RelayServer relay = new RelayServer(loop, RelaySettings.open(TestRelay.KEY));
                HttpServer front = serve(relay.routes());
                HttpServer metrics =
                        serve(RelayMetrics.routes(relay.counts(), List.of(front.counts())));
                Sockets alice = Sockets.join(front.address(), relay.publicKey(), ALICE)) {
            alice.write(
                    new DerpFrame.SendPacket(BOB.publicKey(), TestRelay.packet("hello")),
                    new DerpFrame.Ping(1));
            alice.read();

            assertThat(fetch(metrics, "/metrics"))
                    .contains(
                            "# TYPE remora_relay_clients gauge\nremora_relay_clients 1\n",
                            "\nremora_relay_connections_accepted_total 1\n",
                            "\nremora_relay_upgrades_total 1\n",
                            "\nremora_relay_drops_total{reason=\"not_here\"} 1\n",
                            "\nremora_relay_hangups_total{reason=\"malformed\"} 0\n")
                    .matches("(#[^\n]*\n|remora_relay_[a-z_]+(\\{reason=\"[a-z_]+\"\\})? \\d+\n)*");
        }
    }

    @Test
    @Timeout(60)
    void addressesOfListedNamesAreTold() throws Exception {
        try (BootstrapDns names = BootstrapDns.of(List.of("localhost"), loop.netty());
                HttpServer front = serve(names.routes())) {
            String all = fetch(front, "/bootstrap-dns");
            while (all.equals("{}\n")) {
                all = fetch(front, "/bootstrap-dns"); // the look-up is on its way
            }
            assertThat(all).startsWith("{\"localhost\":[\"").contains("\"127.0.0.1\"");
            assertThat(fetch(front, "/bootstrap-dns?q=localhost")).isEqualTo(all);
            assertThat(fetch(front, "/bootstrap-dns?q=example.net")).isEqualTo(all);
        }
    }
}
