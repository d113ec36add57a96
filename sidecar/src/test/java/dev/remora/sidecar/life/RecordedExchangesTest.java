package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.control.RawJson;
import dev.remora.sidecar.config.JsonTree;
import dev.remora.sidecar.localapi.ApiResponse;
import dev.remora.sidecar.localapi.Caller;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Our answers beside those of the real daemon to the same requests.
class RecordedExchangesTest {
    private TestDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = new TestDaemon();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private ApiResponse.Full repeat(Exchange recorded, Caller caller) throws Exception {
        return (ApiResponse.Full)
                daemon.api.handle(
                        TestDaemon.request(
                                recorded.method(),
                                recorded.target(),
                                recorded.headers(),
                                recorded.body(),
                                caller));
    }

    private void assertSame(Exchange recorded, ApiResponse.Full ours) {
        assertThat(ours.status()).isEqualTo(recorded.status());
        assertThat(ours.contentType()).isEqualTo(recorded.contentType());
        assertThat(TestDaemon.text(ours).stripTrailing())
                .isEqualTo(recorded.answer().stripTrailing());
    }

    @ParameterizedTest
    @ValueSource(strings = {"020-whois", "021-whois-port", "022-whois-proto"})
    void whoSomebodyIs(String name) throws Exception {
        daemon.logIn();
        daemon.node.grants =
                Map.of("example.com/cap/x", List.of(new RawJson("{\"role\":\"admin\"}")));
        Exchange recorded = Exchange.read(name);
        ApiResponse.Full ours = repeat(recorded, TestDaemon.ROOT);
        assertThat(ours.status()).isEqualTo(200);
        // the same numbers may be written with an exponent
        assertThat(JsonTree.read(ours.body()))
                .isEqualTo(JsonTree.read(recorded.answer().getBytes(UTF_8)));
        assertThat(names(TestDaemon.text(ours))).isEqualTo(names(recorded.answer()));
    }

    /// The members' names in the order in which they stand.
    private static List<String> names(String json) {
        return json.lines()
                .filter(line -> line.contains("\": "))
                .map(line -> line.substring(0, line.indexOf("\": ")))
                .toList();
    }

    /// The same members in the same order, and the same values but for what is ours: versions, PeerAPI, and one member of our own at the end.
    @ParameterizedTest
    @CsvSource({"001-status-needslogin, false", "016-status-nopeers, true"})
    void theStatus(String name, boolean member) throws Exception {
        if (member) {
            daemon.logIn();
        }
        Exchange recorded = Exchange.read(name);
        Map<String, Object> ours = JsonTree.read(repeat(recorded, TestDaemon.ROOT).body());
        Map<String, Object> theirs = JsonTree.read(recorded.answer().getBytes(UTF_8));
        assertThat(ours.remove("Remora")).isNotNull();
        assertThat(ours.keySet()).containsExactlyElementsOf(theirs.keySet());
        Map<?, ?> ourSelf = (Map<?, ?>) ours.get("Self");
        Map<?, ?> theirSelf = (Map<?, ?>) theirs.get("Self");
        assertThat(ourSelf.keySet().toString()).isEqualTo(theirSelf.keySet().toString());
        for (Map<String, Object> tree : List.of(ours, theirs)) {
            tree.put("Version", "");
            tree.put("Health", "");
        }
        assertThat(ours).isEqualTo(theirs);
    }

    /// Whoever hides who they are may do no more than a user without rights.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "137-prefs-patch",
                "141-serve-config-post",
                "142-start",
                "144-logout",
                "161-shutdown",
            })
    void theUnknownMayOnlyLook(String name) throws Exception {
        daemon.logIn();
        Exchange recorded = Exchange.read("unprivileged/" + name);
        assertSame(recorded, repeat(recorded, Caller.UNKNOWN));
    }

    @Test
    void anOperatorMayChangeThingsButNotEndTheDaemon() throws Exception {
        Caller operator = new Caller(4711);
        assertThat(daemon.call("PATCH", "prefs", "{}", operator).status()).isEqualTo(403);
        daemon.patch("{\"OperatorUser\":\"4711\",\"OperatorUserSet\":true}");
        assertThat(daemon.call("PATCH", "prefs", "{}", operator).status()).isEqualTo(200);
        assertThat(daemon.call("POST", "serve-config", "{}", operator).status()).isEqualTo(200);
        assertThat(daemon.call("POST", "shutdown", "", operator).status()).isEqualTo(403);
        assertThat(daemon.call("POST", "shutdown", "", new Caller(TestDaemon.OWN_UID)).status())
                .isEqualTo(200);
    }

    @Test
    void namesOfMetricsAreTheOfficialOnes() throws Exception {
        daemon.logIn();
        Exchange recorded = Exchange.read("030-usermetrics");
        List<String> theirs =
                recorded.answer()
                        .lines()
                        .filter(l -> l.startsWith("# TYPE") && !l.contains("_serve_"))
                        .toList();
        String ours = TestDaemon.text(repeat(recorded, TestDaemon.ROOT));
        assertThat(ours.lines().filter(l -> l.startsWith("# TYPE")).toList()).isEqualTo(theirs);
        assertThat(ours)
                .contains(
                        "tailscaled_home_derp_region_id 999\n",
                        "tailscaled_inbound_bytes_total{path=\"peer_relay_ipv6\"} 0\n");
    }

    /// The order of the requests 123 to 133, with a port that we can serve.
    @Test
    void aChangeMustKnowWhatItChanges() throws Exception {
        daemon.logIn();
        assertThat(daemon.get("serve-config").headers())
                .containsEntry(
                        "Etag", Exchange.read("123-serve-config-get").answerHeaders().get("etag"));
        Exchange good = Exchange.read("127-serve-config-post-good-etag");
        assertThat(daemon.post("serve-config", good.body()).status()).isEqualTo(200);
        assertThat(daemon.listening).containsExactly(2222);
        for (String stale :
                List.of("126-serve-config-post-stale-etag", "128-serve-config-post-wrong-etag")) {
            Exchange recorded = Exchange.read(stale);
            assertSame(recorded, repeat(recorded, TestDaemon.ROOT));
        }
        Exchange broken = Exchange.read("129-serve-config-post-badjson");
        assertSame(broken, repeat(broken, TestDaemon.ROOT));
        Exchange empty = Exchange.read("132-serve-config-post-empty");
        assertThat(repeat(empty, TestDaemon.ROOT).status()).isEqualTo(200);
        assertSame(Exchange.read("133-serve-config-get-3"), daemon.get("serve-config"));
        assertThat(daemon.get("serve-config").headers())
                .containsEntry(
                        "Etag",
                        Exchange.read("133-serve-config-get-3").answerHeaders().get("etag"));
        assertThat(daemon.listening).isEmpty();
    }
}
