package dev.remora.proto.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import dev.remora.crypto.LockKey;
import dev.remora.crypto.NodeKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlJsonTest {
    private static final String KEY_HEX =
            "7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13";
    private static final String LOCK_HEX =
            "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";

    static Stream<Capture> recordedMessages() {
        return Stream.of("headscale", "testcontrold")
                .flatMap(story -> Capture.story(story).stream())
                .filter(capture -> typeOf(capture.kind()) != null)
                .filter(capture -> !capture.text("body").equals("null"));
    }

    private static @Nullable Class<?> typeOf(String kind) {
        return switch (kind) {
            case "key-response" -> ServerKeys.class;
            case "register-request" -> RegisterRequest.class;
            case "register-response" -> RegisterResponse.class;
            case "map-request" -> MapRequest.class;
            case "map-frame" -> MapResponse.class;
            default -> null;
        };
    }

    @Test
    void thereAreRecordedMessages() {
        assertThat(recordedMessages()).hasSizeGreaterThan(370);
    }

    /// What was written says all that came in.
    @ParameterizedTest
    @MethodSource("recordedMessages")
    void readsAndWritesRecordedMessages(Capture capture) throws Exception {
        Class<?> type = typeOf(capture.kind());
        assertThat(type).isNotNull();

        Object message = ControlJson.read(type, capture.body());
        byte[] written = ControlJson.write(message);

        assertThat(JsonValues.parse(written))
                .as("everything said in %s", capture)
                .isEqualTo(JsonValues.parse(capture.body()));
    }

    @ParameterizedTest
    @MethodSource("recordedMessages")
    void everyPrefixOfAMessageIsRefused(Capture capture) {
        byte[] body = capture.body();
        for (int length = 0; length < body.length; length += 1 + body.length / 97) {
            byte[] prefix = Arrays.copyOf(body, length);
            assertThatThrownBy(() -> ControlJson.read(typeOf(capture.kind()), prefix))
                    .isInstanceOf(MalformedException.class);
        }
    }

    /// The shape of section 9.6 of the protocol reference.
    @Test
    void writesARegisterRequestAsServersExpectIt() throws Exception {
        RegisterRequest request =
                new RegisterRequest(
                        145,
                        NodeKey.parse("nodekey:" + KEY_HEX),
                        NodeKey.ZERO,
                        LockKey.parse("nlpub:" + LOCK_HEX),
                        new RegisterAuth(new AuthKey("tskey-auth-x")),
                        Instant.parse("0001-01-01T00:00:00Z"),
                        "",
                        new HostInfoBuilder()
                                .os("linux")
                                .hostname("web-1")
                                .requestTags(List.of("tag:web"))
                                .build(),
                        null,
                        null,
                        null);

        assertThat(ControlJson.text(request))
                .isEqualTo(
                        "{\"Version\":145,\"NodeKey\":\"nodekey:"
                                + KEY_HEX
                                + "\",\"OldNodeKey\":\"nodekey:"
                                + "0".repeat(64)
                                + "\",\"NLKey\":\"nlpub:"
                                + LOCK_HEX
                                + "\",\"Auth\":{\"AuthKey\":\"tskey-auth-x\"},"
                                + "\"Expiry\":\"0001-01-01T00:00:00Z\",\"Followup\":\"\","
                                + "\"Hostinfo\":{\"OS\":\"linux\",\"Hostname\":\"web-1\","
                                + "\"RequestTags\":[\"tag:web\"]}}");
    }

    @Test
    void neverPrintsAnAuthKey() {
        assertThat(new RegisterAuth(new AuthKey("tskey-auth-secret")).toString())
                .doesNotContain("secret");
    }

    @Test
    void tellsAbsentFromEmpty() throws Exception {
        assertThat(response("{}").health()).isNull();
        assertThat(response("{\"Health\":null}").health()).isNull();
        assertThat(response("{\"Health\":[]}").health()).isEmpty();
        assertThat(response("{\"PacketFilters\":{\"a\":null}}").packetFilters())
                .containsEntry("a", null);
    }

    @Test
    void takesNullForAMessageWithoutMembers() throws Exception {
        RegisterResponse response =
                ControlJson.read(RegisterResponse.class, "null".getBytes(StandardCharsets.UTF_8));

        assertThat(response)
                .isEqualTo(new RegisterResponse(null, null, false, false, null, null, null));
    }

    /// Found by fuzzing: half of a surrogate pair can be said in JSON, and cannot be written in UTF-8.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"Error\":\"\\udc2c\"}",
                "{\"AuthURL\":\"a\\ud83d\"}",
                "{\"User\":{\"DisplayName\":\"\\ude00\\ud83d\"}}",
                "{\"Error\":\"\u00ed\u00b0\u00ac\"}",
                "{\"Error\":\"\u00ff\"}"
            })
    void whatIsNoUnicodeIsReplacedAndCanBeWritten(String json) throws Exception {
        RegisterResponse response =
                ControlJson.read(
                        RegisterResponse.class, json.getBytes(StandardCharsets.ISO_8859_1));

        byte[] written = ControlJson.write(response);

        assertThat(written).asString(StandardCharsets.UTF_8).contains("\ufffd");
        assertThat(ControlJson.read(RegisterResponse.class, written)).isEqualTo(response);
    }

    @Test
    void anUnpairedSurrogateInsideRawJsonIsReplacedToo() throws Exception {
        MapResponse response = response("{\"Node\":{\"ID\":1,\"CapMap\":{\"a\":[\"\\udc2c\"]}}}");

        assertThat(ControlJson.text(response)).contains("\"a\":[\"\\ufffd\"]");
    }

    /// headscale writes `null` for those of its own making; it must not take the name with it.
    @Test
    void aCapabilityWithoutValuesIsWritten() throws Exception {
        String json =
                "{\"CapGrant\":[{\"Dsts\":[\"100.64.0.1/32\"],\"CapMap\":{\"a.example/x\":null,\"a.example/y\":[{\"k\":null}]}}]}";

        FilterRule rule = ControlJson.read(FilterRule.class, json.getBytes(StandardCharsets.UTF_8));

        assertThat(ControlJson.text(rule)).isEqualTo(json);
        assertThat(rule.capGrant().get(0).capMap()).containsEntry("a.example/x", null);
    }

    /// Names in a map are texts like others: the same name in another spelling is the same name.
    @Test
    void escapesInNamesAreUndone() throws Exception {
        String json =
                """
                {"C\\u0061pMap": {"a.example\\/\\u0063ap": [1], "\\u00e9\\ud83d\\ude00é": [2], "x\\ud83d": [3]},
                 "StableID": "&\\u0026<\\/"}
                """;

        NodeInfo node = ControlJson.read(NodeInfo.class, json.getBytes(StandardCharsets.UTF_8));

        assertThat(node.stableId()).isEqualTo("&&</");
        assertThat(node.capMap()).containsOnlyKeys("a.example/cap", "é😀é", "x\ufffd");
    }

    /// The Rust client borrows texts from what it read, so they must stand there as they are.
    @Test
    void nothingIsEscapedThatNeedNotBe() {
        HostInfo host =
                new HostInfoBuilder().hostname("Tom & Jerry's <box>/é😀\u2028\u007f").build();

        assertThat(ControlJson.text(host))
                .isEqualTo("{\"Hostname\":\"Tom & Jerry's <box>/é😀\u2028\u007f\"}");
    }

    @Test
    void keepsAllBitsOfAnId() throws Exception {
        MapResponse response =
                response(
                        "{\"PeersRemoved\":[9007199254740993,9223372036854775807],"
                                + "\"OnlineChange\":{\"9007199254740993\":true}}");

        assertThat(response.peersRemoved()).containsExactly(9007199254740993L, Long.MAX_VALUE);
        assertThat(response.onlineChange()).isEqualTo(Map.of("9007199254740993", true));
    }

    @Test
    void skipsMembersThatItDoesNotKnow() throws Exception {
        assertThat(response("{\"New\":{\"a\":[{\"b\":\"}]\"}]},\"Domain\":\"d\"}").domain())
                .isEqualTo("d");
    }

    @Test
    void keepsValuesOfUnknownFormAsTheyAre() throws Exception {
        NodeInfo node =
                ControlJson.read(
                        NodeInfo.class,
                        "{\"CapMap\":{\"a\":null,\"b\":[],\"c\":[false,{\"x\":[1]},\"t\"]}}"
                                .getBytes(StandardCharsets.UTF_8));

        assertThat(node.capMap())
                .containsEntry("a", null)
                .containsEntry("b", List.of())
                .containsEntry(
                        "c",
                        List.of(
                                new RawJson("false"),
                                new RawJson("{\"x\":[1]}"),
                                new RawJson("\"t\"")));
    }

    @Test
    void takesEmptyAndZonedAddressesForNone() throws Exception {
        NodeInfo node =
                ControlJson.read(
                        NodeInfo.class,
                        ("{\"Endpoints\":[\"\",\"[fe80::1%eth0]:5\",\"1.2.3.4:5\"],"
                                        + "\"SelfNodeV4MasqAddrForThisPeer\":\"\"}")
                                .getBytes(StandardCharsets.UTF_8));

        assertThat(node.endpoints()).hasSize(3).startsWith(null, null);
        assertThat(node.selfNodeV4MasqAddrForThisPeer()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}{}",
                "{} x",
                "{\"Peers\":{}}",
                "{\"Peers\":[5]}",
                "{\"KeepAlive\":1}",
                "{\"Seq\":\"x\"}",
                "{\"Seq\":99999999999999999999}",
                "{\"Seq\":1.5}",
                "{\"ControlTime\":\"\"}",
                "{\"ControlTime\":\"yesterday\"}",
                "{\"Node\":{\"Key\":\"\"}}",
                "{\"Node\":{\"Key\":\"nodekey:12\"}}",
                "{\"Node\":{\"DiscoKey\":\"nodekey:12\"}}",
                "{\"Node\":{\"Addresses\":[\"100.64.0.1\"]}}",
                "{\"Node\":{\"Addresses\":[\"100.64.0.1/33\"]}}",
                "{\"Node\":{\"Endpoints\":[\"1.2.3.4\"]}}",
                "{\"Domain\":\"\\u12\"}",
                "{\"Domain\":5}",
            })
    void refusesWhatIsNoMapResponse(String json) {
        assertThatThrownBy(() -> response(json)).isInstanceOf(MalformedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"New\":", "{\"SSHPolicy\":", "{\"Peers\":"})
    void refusesWhatIsNestedTooDeeply(String start) {
        assertThatThrownBy(() -> response(start + "[".repeat(1_000_000)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("deep");
    }

    private static MapResponse response(String json) throws MalformedException {
        return ControlJson.read(MapResponse.class, json.getBytes(StandardCharsets.UTF_8));
    }
}
