package dev.remora.base;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrangersJsonTest {
    private static String mended(String json) {
        return new String(StrangersJson.mend(json.getBytes(UTF_8)), UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"K\\u0065y\":1}', '{\"Key\":1}'",
        "'{\"a\\/b\" \n:\"c\\/d\"}', '{\"a/b\" \n:\"c\\/d\"}'",
        "'{\"x\":{\"\\u003C\\u0026\":\"\\u0026\"}}', '{\"x\":{\"<&\":\"\\u0026\"}}'",
        "'{\"\\udc2c\\u0041\":\"\"}', '{\"\ufffdA\":\"\"}'",
        "'{\"\\u00e9\\ud83d\\ude00é\":\"\\u00e9\"}', '{\"é😀é\":\"\\u00e9\"}'",
        "'{\"\\\\u0041\\u0041\":\"\"}', '{\"\\\\u0041A\":\"\"}'",
    })
    void namesAreSpeltPlainly(String json, String expected) {
        assertThat(mended(json)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\\\"b\":\"\\u0041\"}",
                "{\"\\u0022\\u005c\\u000a\\n\":1}",
                "[\"a\\u0041\", \"b:\"]",
                "{\"a\":\"\\\"b\\u0041\\\":\"}",
                "{\"\\u0041",
                "{\"\\",
                "",
            })
    void whatNeedsItsEscapesAndWhatIsNoNameKeepsThem(String json) {
        byte[] bytes = json.getBytes(UTF_8);

        assertThat(StrangersJson.mend(bytes)).isSameAs(bytes).asString(UTF_8).isEqualTo(json);
    }

    @Test
    void onceIsEnough() {
        byte[] once = StrangersJson.mend("{\"\\u005cu0041\\u0041\":1}".getBytes(UTF_8));

        assertThat(StrangersJson.mend(once)).isSameAs(once);
    }
}
