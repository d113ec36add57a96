package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlagsTest {
    private final Flags flags =
            new Flags()
                    .bool("bg", false, "")
                    .text("name", "none", "")
                    .alias("nick", "name")
                    .number("c", 10, "")
                    .unsigned("tcp", "")
                    .parsedBool("yes", false, "")
                    .duration("timeout", "5s", "");

    @Test
    void oneDashOrTwoAndTheValueBehindASignOrASpace() throws Exception {
        assertThat(
                        flags.parse(
                                List.of(
                                        "-bg",
                                        "--name=a=b",
                                        "-tcp",
                                        "80",
                                        "--c=-3",
                                        "target",
                                        "-bg")))
                .containsExactly("target", "-bg");
        assertThat(flags.bool("bg")).isTrue();
        assertThat(flags.text("name")).isEqualTo("a=b");
        assertThat(flags.number("tcp")).isEqualTo(80);
        assertThat(flags.number("c")).isEqualTo(-3);
        assertThat(flags.given()).containsExactly("bg", "c", "name", "tcp");
    }

    @Test
    void aBooleanTakesNoNextWord() throws Exception {
        assertThat(flags.parse(List.of("--bg", "false"))).containsExactly("false");
        assertThat(flags.bool("bg")).isTrue();
    }

    @Test
    void twoDashesEndTheFlagsAndOneDashIsAWord() throws Exception {
        assertThat(flags.parse(List.of("--", "-bg"))).containsExactly("-bg");
        assertThat(flags.parse(List.of("-", "-bg"))).containsExactly("-", "-bg");
    }

    @Test
    void whatIsNotGivenHasItsDefault() throws Exception {
        assertThat(flags.parse(List.of())).isEmpty();
        assertThat(flags.text("name")).isEqualTo("none");
        assertThat(flags.givenText("name")).isNull();
        assertThat(flags.duration("timeout")).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void anotherSpellingMeansTheSame() throws Exception {
        flags.parse(List.of("--nick", "x"));
        assertThat(flags.isGiven("name")).isTrue();
        assertThat(flags.text("name")).isEqualTo("x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --nosuch        | flag provided but not defined: -nosuch
                    --tcp           | flag needs an argument: -tcp
                    --tcp=x         | invalid value "x" for flag -tcp: parse error
                    --tcp=-1        | invalid value "-1" for flag -tcp: parse error
                    --tcp=99999999999999999999 | invalid value "99999999999999999999" for flag -tcp: value out of range
                    --bg=maybe      | invalid boolean value "maybe" for -bg: parse error
                    --yes=maybe     | invalid boolean value "maybe" for -yes: strconv.ParseBool: parsing "maybe": invalid syntax
                    --timeout=5     | invalid value "5" for flag -timeout: parse error
                    ---bg           | bad flag syntax: ---bg
                    --=x            | bad flag syntax: --=x
                    --name=a --name=b | invalid value "b" for flag -name: flag provided multiple times
                    --name=a --nick=b | invalid value "b" for flag -nick: flag provided multiple times
                    """)
    void whatMakesNoSenseIsRefusedWithCodeTwo(String words, String message) {
        UsageException refused =
                catchThrowableOfType(
                        UsageException.class, () -> flags.parse(List.of(words.strip().split(" "))));
        assertThat(refused.message()).isEqualTo(message);
        assertThat(refused.exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"-h", "--help", "-help"})
    void helpIsNoMistake(String word) {
        UsageException help =
                catchThrowableOfType(
                        UsageException.class, () -> flags.parse(List.of("-bg", word, "--nosuch")));
        assertThat(help.exit()).isZero();
        assertThat(help.message()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "80, 80",
        "0x50, 80",
        "0X5_0, 80",
        "0o17, 15",
        "017, 15",
        "0_17, 15",
        "0b11, 3",
        "1_000, 1000",
        "0, 0"
    })
    void numbersAreWrittenAsInGo(String text, String number) {
        assertThat(GoNumber.unsigned(text)).isEqualTo(number);
        assertThat(GoNumber.signed("-" + text)).isEqualTo(number.equals("0") ? "0" : "-" + number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "+80", "-1", "080", "8_", "_8", "8__0", "80.0", " 80", "0x", "0b2", "a0"
            })
    void whatIsNoNumber(String text) {
        assertThatThrownBy(() -> GoNumber.unsigned(text)).hasMessage("parse error");
    }
}
