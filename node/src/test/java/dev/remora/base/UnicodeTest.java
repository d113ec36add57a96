package dev.remora.base;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnicodeTest {
    /// Go 1.26's `json.Unmarshal` makes the same string of either.
    @ParameterizedTest
    @CsvSource({
        "'\\udc2c', '\\ufffd'",
        "'a\\ud83d', 'a\\ufffd'",
        "'\\ud83dx', '\\ufffdx'",
        "'\\ud83d\\n', '\\ufffd\\n'",
        "'\\uDE00\\uD83D', '\\ufffd\\ufffd'",
        "'\\ud83d\\ud83d\\ude00', '\\ufffd\\ud83d\\ude00'",
        "'\\\\\\udc2c', '\\\\\\ufffd'",
    })
    void halvesOfPairsAreReplaced(String text, String expected) {
        String json = "{\"a\":\"" + text + "\"}";

        byte[] mended = Unicode.mendJson(json.getBytes(UTF_8));

        assertThat(mended).asString(UTF_8).isEqualTo("{\"a\":\"" + expected + "\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"a\":\"plain\"}",
                "\"\\ud83d\\ude00 \\uD83D\\uDE00 😀 é\"",
                "\"\\\\udc2c\"",
                "\"\\u\"",
                "\"\\ud8\"",
                "\"\\udxyz\"",
                "\"\\",
            })
    void whatIsWellIsLeftAlone(String json) {
        byte[] bytes = json.getBytes(UTF_8);

        assertThat(Unicode.mendJson(bytes)).isSameAs(bytes).asString(UTF_8).isEqualTo(json);
    }

    /// A surrogate in the form of UTF-8, a byte that starts nothing, a character that is cut off by the quotation mark.
    @ParameterizedTest
    @ValueSource(strings = {"\u00ed\u00a0\u0080", "\u00ff", "\u00e2"})
    void bytesThatAreNoUtf8AreReplaced(String bytes) {
        byte[] json = ("{\"a\":\"<" + bytes + "\"}").getBytes(ISO_8859_1);

        assertThat(Unicode.mendJson(json)).asString(UTF_8).matches("\\{\"a\":\"<\ufffd+\"}");
    }

    @Test
    void aTextLosesItsHalvesOnly() {
        assertThat(Unicode.mend("a\ud83d\ude00\udc2cé\ud83d")).isEqualTo("a😀\ufffdé\ufffd");
    }

    @Test
    void whatIsMendedInABrokenEncodingIsNotTheCallersArray() {
        byte[] json = "\"\\udc2c\"".getBytes(UTF_8);

        Unicode.mendJson(json);

        assertThat(json).asString(UTF_8).isEqualTo("\"\\udc2c\"");
    }
}
