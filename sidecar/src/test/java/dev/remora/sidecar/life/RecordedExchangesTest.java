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
    @ValueSource(
            strings = {
                "002-prefs-needslogin",
                "004-whois-needslogin",
                "005-ping-needslogin",
            })
    void beforeALogin(String name) throws Exception {
        Exchange recorded = Exchange.read(name);
        assertSame(recorded, repeat(recorded, TestDaemon.ROOT));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "018-derpmap",
                "023-whois-nodekey",
                "024-whois-missing",
                "025-whois-bad",
                "026-whois-unknown",
                "037-profile-unknown",
                "038-suggest-exit-node",
                "039-check-ip-forwarding",
                "040-check-udp-gro-forwarding",
                "041-check-so-mark-in-use",
                "042-appc-route-info",
                "051-policy",
                "052-watch-mask-bad",
                "053-peer-by-id",
                "054-services",
                "060-ping-no-ip",
                "061-ping-bad-ip",
                "063-ping-no-type",
                "064-ping-bad-size",
                "065-ping-size-with-tsmp",
                "066-ping-get",
                "067-ping-unknown-peer",
                "068-query-feature-missing",
                "069-query-feature",
                "070-bugreport",
                "072-debug-bad",
                "073-debug-get",
                "074-logout-get",
                "075-prefs-post",
                "076-prefs-put",
                "078-serve-config-delete",
                "079-start-get",
                "080-login-interactive-get",
                "082-shutdown-get",
                "083-profiles-current-post",
                "084-nosuch",
                "085-nosuch-post",
                "086-disconnect-control-get",
                "087-reload-config",
                "090-upload-client-metrics",
                "091-dial-no-upgrade",
                "092-component-debug-logging",
                "102-localapi-root",
                "103-v1",
                "104-no-slash",
                "111-prefs-patch-badjson",
                "112-prefs-patch-nobody",
                "114-prefs-patch-wrong-type",
                "115-prefs-patch-exit-and-advertise",
                "120-check-prefs",
                "121-check-prefs-bad",
                "122-check-prefs-get",
                "123-serve-config-get",
            })
    void asAMember(String name) throws Exception {
        daemon.logIn();
        Exchange recorded = Exchange.read(name);
        assertSame(recorded, repeat(recorded, TestDaemon.ROOT));
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "137-prefs-patch",
                "141-serve-config-post",
                "142-start",
                "143-login-interactive",
                "144-logout",
                "145-metrics",
                "148-debug",
                "150-profiles",
                "151-profile-put",
                "154-dns-query",
                "155-dns-osconfig",
                "157-check-prefs",
                "158-cert",
                "159-id-token",
                "161-shutdown",
                "162-reload-config",
                "163-set-expiry-sooner",
                "171-set-use-exit-node",
            })
    void othersMayOnlyLook(String name) throws Exception {
        daemon.logIn();
        Exchange recorded = Exchange.read("unprivileged/" + name);
        assertSame(recorded, repeat(recorded, new Caller(65534)));
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
