package dev.remora.server.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuJsonReaderTest {
    @Test
    void readsCommentsAndCommasThatJsonDoesNotHave() throws PolicyException {
        HuJson value =
                HuJsonReader.read(
                        """
                        // first
                        { /* a */ "a" /* : */ : [1, -2.5e+3, true, null,], // b
                          "b": {"c": "x",}, /* // */
                        } // last\
                        """);
        assertThat(value.json()).isEqualTo("{\"a\":[1,-2.5e+3,true,null],\"b\":{\"c\":\"x\"}}");
    }

    @Test
    void knowsWhereEachValueStands() throws PolicyException {
        HuJson.Members document =
                (HuJson.Members) HuJsonReader.read("\r\n {\"ä😀\": 1,\n\t\"b\" :\n  [2]}");
        HuJson.Member first = document.members().getFirst();
        HuJson.Member second = document.members().getLast();
        assertThat(document.at()).isEqualTo(new Place(2, 2));
        assertThat(first.at()).isEqualTo(new Place(2, 3));
        assertThat(first.value().at()).isEqualTo(new Place(2, 9));
        assertThat(second.at()).isEqualTo(new Place(3, 2));
        assertThat(((HuJson.Items) second.value()).items().getFirst().at())
                .isEqualTo(new Place(4, 4));
    }

    @Test
    void passesOverAByteOrderMark() throws PolicyException {
        assertThat(HuJsonReader.read("\uFEFF{}").at()).isEqualTo(new Place(1, 1));
        assertThat(HuJsonReader.isEmpty("\uFEFF ")).isTrue();
    }

    @Test
    void readsEscapesAndWritesOnlyThoseThatAreNeeded() throws PolicyException {
        HuJson text = HuJsonReader.read("\"\\u0041\\/\\n\\t\\\"\\\\\\ud83d\\ude00&<\\u0001\"");
        assertThat(((HuJson.Text) text).text()).isEqualTo("A/\n\t\"\\😀&<\u0001");
        assertThat(text.json()).isEqualTo("\"A/\\u000a\\u0009\\\"\\\\😀&<\\u0001\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"acls\": [}| 1 | 11 | expected a value, found '}'",
                "{\"a\": 1 \"b\"}| 1 | 9 | expected a comma or }, found '\"'",
                "{a: 1}| 1 | 2 | expected a name in double quotes, or }, found 'a'",
                "{\"a\" 1}| 1 | 6 | expected :, found '1'",
                "{\"a\": 1, \"a\": 2}| 1 | 10 | \"a\" stands here twice",
                "{\"a\": tru}| 1 | 7 | expected a value, found 't'",
                "[1,,2]| 1 | 4 | expected a value, found ','",
                "[01]| 1 | 3 | expected a comma or ], found '1'",
                "[-]| 1 | 3 | expected a digit, found ']'",
                "[1.]| 1 | 4 | expected a digit, found ']'",
                "[\"a| 1 | 2 | a text that does not end in its line",
                "[\"\\x\"]| 1 | 4 | expected an escape of JSON, found 'x'",
                "[\"\\u00g0\"]| 1 | 7 | expected a hexadecimal digit, found 'g'",
                "[\"\\ud83d\"]| 1 | 2 | half a character in a text",
                "{} {}| 1 | 4 | something behind the end of the policy",
                "{} /| 1 | 4 | a slash that begins no comment",
                "/* {}| 1 | 1 | a comment that does not end",
                "{| 1 | 2 | expected a name in double quotes, or }, found the end",
            })
    void saysWhereItStopped(String text, int line, int column, String problem) {
        assertThatThrownBy(() -> HuJsonReader.read(text))
                .isInstanceOfSatisfying(
                        PolicyException.class,
                        e ->
                                assertThat(e.problems())
                                        .containsExactly(new Problem(line, column, problem)));
    }

    @Test
    void refusesWhatIsTooDeepOrTooLong() {
        assertThatThrownBy(() -> HuJsonReader.read("[".repeat(1_000_000)))
                .hasMessage("line 1, column 65: nested more than 64 deep");
        assertThatThrownBy(() -> HuJsonReader.read(" ".repeat(HuJsonReader.MAX_LENGTH + 1)))
                .hasMessageEndingWith("a policy has at most 1048576 characters");
    }

    @Test
    void readsOrRefusesEachPrefixOfAGoodPolicy() throws PolicyException {
        String good = AccessRulesChangeTest.EVERYTHING;
        Policy.parse(good);
        List<Integer> refused = new ArrayList<>();
        for (int end = 0; end < good.length(); end++) {
            try {
                Policy.parse(good.substring(0, end));
            } catch (PolicyException e) {
                refused.add(end);
                assertThat(e.problems()).isNotEmpty();
            }
        }
        // nothing at all, and all but the last line break, are policies, too
        assertThat(refused).hasSize(good.length() - 2);
    }
}
