package dev.remora.server.control;

import static dev.remora.server.control.ControlServerFixture.map;
import static dev.remora.server.control.ControlServerFixture.nodeKey;
import static dev.remora.server.control.ControlServerFixture.register;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.crypto.MachinePrivateKey;
import dev.remora.crypto.NodeKey;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every route, inside and outside of Noise, over real sockets and a real tailnet.
@Timeout(120)
class ControlRoutesTest {
    @TempDir private Path folder;

    @Test
    void theKeyIsToldToWhoeverSaysItsVersion() throws Exception {
        try (ControlServerFixture server = ControlServerFixture.start(folder)) {
            HttpResponse<String> answer = server.get("/key?v=113");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
            assertThat(answer.body())
                    .isEqualTo(
                            "{\"legacyPublicKey\":\"mkey:"
                                    + "0".repeat(64)
                                    + "\",\"publicKey\":\""
                                    + server.key.publicKey().text()
                                    + "\"}");
            assertThat(answer.headers().firstValue("x-frame-options")).hasValue("DENY");
            assertThat(server.get("/key").statusCode()).isEqualTo(400);
            assertThat(server.get("/key?v=new").statusCode()).isEqualTo(400);
            assertThat(server.post("/key?v=113", "").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void operatorsSeeHealthAndVersion() throws Exception {
        try (ControlServerFixture server = ControlServerFixture.start(folder)) {
            HttpResponse<String> health = server.get("/health");

            assertThat(health.body()).isEqualTo("{\"status\":\"pass\"}");
            assertThat(health.headers().firstValue("content-type"))
                    .hasValue("application/health+json");
            assertThat(server.get("/version").body()).contains("\"version\":\"", "\"java\":");
            assertThat(server.get("/nothing").statusCode()).isEqualTo(404);
            assertThat(server.get("/").body()).contains("tailscale up --login-server http://");
            for (String page : List.of("/apple", "/windows")) {
                assertThat(server.get(page).body())
                        .contains("tailscale login --login-server http://");
            }
            assertThat(server.get("/robots.txt").body()).contains("Disallow: /\n");
        }
    }

    @Test
    void relaysAreToldWhoIsAMember() throws Exception {
        NodeKey member = nodeKey();
        try (ControlServerFixture server = ControlServerFixture.start(folder);
                TestClient client = server.connect()) {
            client.ask("POST", "/machine/register", register(member, server.authKey()));

            String question = "{\"NodePublic\":\"%s\",\"Source\":\"203.0.113.9\"}";
            assertThat(server.post("/verify", question.formatted(member.text())).body())
                    .isEqualTo("{\"Allow\":true}");
            assertThat(server.post("/verify", question.formatted(nodeKey().text())).body())
                    .isEqualTo("{\"Allow\":false}");
            assertThat(server.post("/verify", "{").statusCode()).isEqualTo(400);
            assertThat(server.post("/verify", "x".repeat(5000)).statusCode()).isEqualTo(413);
            assertThat(server.get("/verify").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void aKeyLetsANodeInAndItsFirstMapHasItself() throws Exception {
        NodeKey node = nodeKey();
        try (ControlServerFixture server = ControlServerFixture.start(folder);
                TestClient client = server.connect()) {
            TestClient.Answer joined =
                    client.ask("POST", "/machine/register", register(node, server.authKey()));
            assertThat(joined.status()).isEqualTo(200);
            assertThat(joined.body())
                    .contains("\"MachineAuthorized\":true", "\"Error\":\"\"", "\"AuthURL\":\"\"");

            assertThat(client.ask("POST", "/machine/map", map(node, false)).status())
                    .isEqualTo(200);
            int poll = client.request("POST", "/machine/map", map(node, true));
            InnerFrames.Frame frame = client.next(Http2FrameTypes.DATA);
            assertThat(frame.stream()).isEqualTo(poll);
            assertThat(text(frame)).contains("\"Node\":{", node.text());
        }
    }

    @Test
    void theSameByWebSocket() throws Exception {
        NodeKey node = nodeKey();
        try (ControlServerFixture server = ControlServerFixture.start(folder);
                TestClient client =
                        TestClient.byWebSocket(server.address(), server.key.publicKey())) {
            String wish = register(node, server.authKey());
            TestClient.Answer joined = client.begin().ask("POST", "/machine/register", wish);
            assertThat(joined.body()).contains("\"MachineAuthorized\":true");

            client.request("POST", "/machine/map", map(node, true));
            assertThat(text(client.next(Http2FrameTypes.DATA)))
                    .contains("\"Node\":{", node.text(), "\"Name\":\"web.tail.test.\"");
            long id = server.tailnet.nodes().iterator().next().id();
            server.tailnet.nodesAdmin().rename(id, "shop", ControlServerFixture.TEST);
            assertThat(text(client.next(Http2FrameTypes.DATA)))
                    .contains("\"Name\":\"shop.tail.test.\"");
        }
    }

    private static String text(InnerFrames.Frame data) {
        return new String(data.payload(), StandardCharsets.UTF_8);
    }

    @Test
    void aDeviceWaitsUntilItsPageWasApproved() throws Exception {
        NodeKey node = nodeKey();
        try (ControlServerFixture server = ControlServerFixture.start(folder);
                TestClient client = server.connect()) {
            String first = client.ask("POST", "/machine/register", evil(register(node, ""))).body();
            String url = first.replaceAll("(?s).*\"AuthURL\":\"([^\"]+)\".*", "$1");
            String path = url.substring(url.indexOf("/register/"));
            String id = path.substring("/register/".length());
            String page = server.get(path).body();
            int waiting =
                    client.request(
                            "POST",
                            "/machine/register",
                            evil(register(node, ""))
                                    .replace("\"Followup\":\"\"", "\"Followup\":\"" + url + "\""));

            assertThat(page)
                    .contains("remora server auth register --auth-id " + id)
                    .contains("&lt;script&gt;")
                    .doesNotContain("<script>");
            server.tailnet.logins().approve(id, server.alice, ControlServerFixture.TEST);
            assertThat(client.answer(waiting).body()).contains("\"MachineAuthorized\":true");
            assertThat(server.get(path).statusCode()).isEqualTo(404);
        }
    }

    private static String evil(String request) {
        return request.replace("\"web\"", "\"<script>alert(1)</script>\"");
    }

    @Test
    void anOldClientIsToldSoInWordsThatPeopleSee() throws Exception {
        NodeKey node = nodeKey();
        try (ControlServerFixture server = ControlServerFixture.start(folder);
                TestClient client = server.connect()) {
            String old = version(106, register(node, ""));

            assertThat(client.ask("POST", "/machine/register", old).body())
                    .contains("\"Error\":\"unsupported client version:  (106)\"")
                    .contains("\"MachineAuthorized\":false");
            TestClient.Answer map =
                    client.ask("POST", "/machine/map", version(106, map(node, true)));
            assertThat(map.status()).isEqualTo(400);
            assertThat(map.body()).startsWith("unsupported client version:");
            String future = version(999, register(node, server.authKey()));
            assertThat(client.ask("POST", "/machine/register", future).body())
                    .contains("\"MachineAuthorized\":true");
        }
    }

    /// In a key, the same digits stay as they are.
    private static String version(int version, String request) {
        return request.replace("\"Version\":131", "\"Version\":" + version);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /machine/register, 405",
        "GET, /machine/map, 405",
        "POST, /machine/set-dns, 501",
        "GET, /machine/whoami, 501",
        "PATCH, /machine/set-device-attr, 501",
        "POST, /machine/audit-log, 501",
        "POST, /machine/id-token, 501",
        "POST, /machine/feature/query, 501",
        "POST, /machine/update-health, 204",
        "POST, /machine/webclient/init, 501",
        "GET, /machine/ssh/action/1/to/2, 501",
        "GET, /machine/tka/init/begin, 404",
        "POST, /c2n/nobody-asked, 404",
        "HEAD, /machine/ping-response?id=nobody-asked, 404",
        "GET, /, 404"
    })
    void whatIsNotOfferedSaysSo(String method, String path, int status) throws Exception {
        try (ControlServerFixture server = ControlServerFixture.start(folder);
                TestClient client = server.connect()) {
            assertThat(client.ask(method, path, "").status()).isEqualTo(status);
        }
    }

    @Test
    void aForeignNodeKeyOpensNothing() throws Exception {
        NodeKey node = nodeKey();
        try (ControlServerFixture server = ControlServerFixture.start(folder);
                TestClient owner = server.connect();
                TestClient thief = server.connect()) {
            owner.ask("POST", "/machine/register", register(node, server.authKey()));

            assertThat(thief.ask("POST", "/machine/register", register(node, "")).body())
                    .contains("\"MachineAuthorized\":false")
                    .doesNotContain("alice");
            TestClient.Answer map = thief.ask("POST", "/machine/map", map(node, true));
            assertThat(map.status()).isEqualTo(404);
            assertThat(map.body()).isEqualTo("node not found\n");
            assertThat(thief.ask("POST", "/machine/map", map(nodeKey(), true)).body())
                    .isEqualTo(map.body());
            assertThat(server.refusals.count(RefusalKind.UNKNOWN_NODE)).isEqualTo(2);
            assertThat(owner.ask("POST", "/machine/map", map(node, false)).status()).isEqualTo(200);
        }
    }

    @Test
    void whoGuessesKeysIsSentAwayAndOthersOfHisMachineToo() throws Exception {
        ControlSettings standard = ControlSettings.standard();
        ControlSettings strict =
                standard.withRates(
                        new ControlSettings.Rates(
                                standard.rates().handshakes(),
                                standard.rates().registrations(),
                                new ControlSettings.Rate(0.000_1, 3)));
        try (ControlServerFixture server = new ControlServerFixture(folder, strict)) {
            for (int i = 0; i < 3; i++) {
                try (TestClient client = server.connect()) {
                    assertThat(guess(client).body()).contains("invalid pre auth key");
                }
            }
            try (TestClient client = server.connect()) {
                TestClient.Answer answer = guess(client);
                assertThat(answer.status()).isEqualTo(429);
                assertThat(answer.headers().get("retry-after")).hasToString("30");
                assertThat(client.ask("POST", "/machine/register", register(nodeKey(), "")).body())
                        .contains("/register/");
            }
            assertThat(server.refusals.count(RefusalKind.TOO_MANY_GUESSES)).isEqualTo(1);
        }
    }

    private static TestClient.Answer guess(TestClient client) throws Exception {
        return client.ask(
                "POST",
                "/machine/register",
                register(nodeKey(), "hskey-auth-0123-" + "4".repeat(64)));
    }

    @Test
    void bodiesThatAreNoneAreRefusedAndTheServerGoesOn() throws Exception {
        String deep = "[".repeat(60_000);
        try (ControlServerFixture server = ControlServerFixture.start(folder);
                TestClient client = server.connect()) {
            for (String body : new String[] {"", "null", "{}", "[]", "{\"NodeKey\":\"\"}", deep}) {
                assertThat(client.ask("POST", "/machine/register", body).status()).isEqualTo(400);
                assertThat(client.ask("POST", "/machine/map", body).status()).isEqualTo(400);
            }
            assertThat(server.refusals.count(RefusalKind.BAD_REQUEST)).isEqualTo(12);
            assertThat(server.get("/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aMachineMayComeAgainOnAnotherConnection() throws Exception {
        MachinePrivateKey machine = MachinePrivateKey.generate(new SecureRandom());
        NodeKey node = nodeKey();
        try (ControlServerFixture server = ControlServerFixture.start(folder);
                TestClient first = server.connect(machine);
                TestClient second = server.connect(machine)) {
            first.ask("POST", "/machine/register", register(node, server.authKey()));
            first.request("POST", "/machine/map", map(node, true));
            first.next(Http2FrameTypes.DATA);

            assertThat(second.ask("POST", "/machine/map", map(node, false)).status())
                    .isEqualTo(200);
            assertThat(second.ask("POST", "/machine/register", register(node, "")).body())
                    .contains("\"MachineAuthorized\":true");
        }
    }
}
