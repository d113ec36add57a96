package dev.remora.sidecar.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTreeTest {
    private static Object read(String json) throws MalformedException {
        return JsonTree.readValue(json.getBytes(UTF_8));
    }

    @Test
    void readsEveryKindOfValueInOrder() throws Exception {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("b", List.of(1L, -2L, 0L, 1.5, 2e3));
        expected.put("a", Arrays.asList(true, false, null));
        expected.put("t", "é\n\"\u20ac/");
        expected.put("o", Map.of());
        assertThat(
                        read(
                                " {\"b\":[1, -2,0,1.5,2e3],\n\t\"a\":[true,false,null],\"t\":\"é\\n\\\"\\u20AC\\/\",\"o\":{}} \r\n"))
                .isEqualTo(expected)
                .asString()
                .startsWith("{b=");
    }

    @Test
    void halfASurrogatePairIsReplaced() throws Exception {
        assertThat(read("{\"a\\udc2c\":\"\\ud83d\\ude00\\ud83d\"}"))
                .isEqualTo(Map.of("a\ufffd", "😀\ufffd"));
    }

    @Test
    void numbersKeepAllTheirDigitsWhereTheyCan() throws Exception {
        assertThat(read("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(read("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThat(read("9223372036854775808")).isEqualTo(9.223372036854775808e18);
    }

    @Test
    void theLastOfTwoMembersOfOneNameCounts() throws Exception {
        assertThat(read("{\"a\":1,\"a\":2}")).isEqualTo(Map.of("a", 2L));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1,]",
                "{\"a\"}",
                "{\"a\":}",
                "{a:1}",
                "01",
                "1.",
                ".5",
                "-",
                "+1",
                "1e",
                "8E770",
                "-1e309",
                "nul",
                "\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\\u12\"",
                "\"\n\"",
                "[1 2]",
                "{}x",
                "'a'",
                "NaN",
                "tru"
            })
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> read(text)).isInstanceOf(MalformedException.class);
    }

    @Test
    void deepNestingIsRefusedBeforeItHurts() {
        assertThatThrownBy(() -> read("[".repeat(100_000)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("nested too deeply");
    }

    @Test
    void writesAsGoDoes() throws Exception {
        String text = "{\"a\":[],\"b\":{},\"c\":\"\\u003ca\\u0026b\\u003e\\u0001\",\"d\":null}";
        assertThat(JsonTree.compact(read(text))).isEqualTo(text);
        assertThat(JsonTree.indented(read("{\"a\":[1],\"b\":{}}"), "  "))
                .isEqualTo("{\n  \"a\": [\n    1\n  ],\n  \"b\": {}\n}");
    }
}
