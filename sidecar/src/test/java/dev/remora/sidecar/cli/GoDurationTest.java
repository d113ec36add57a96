package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Texts as Go 1.26 prints them (`time.Duration.String`) and reads them (`time.ParseDuration`).
class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "1, 1ns",
        "1100, 1.1µs",
        "400000, 400µs",
        "12300000, 12.3ms",
        "1000000000, 1s",
        "90500000000, 1m30.5s",
        "3600000000000, 1h0m0s",
        "-1500000, -1.5ms"
    })
    void isWrittenAsGoDoes(long nanos, String text) {
        assertThat(GoDuration.text(nanos)).isEqualTo(text);
        assertThat(GoDuration.parse(text))
                .hasValueSatisfying(d -> assertThat(d.toNanos()).isEqualTo(nanos));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1.5h, 5400000000000",
        "1h15m30.918s, 4530918000000",
        "3us, 3000",
        "+5s, 5000000000"
    })
    void otherFormsAreReadToo(String text, long nanos) {
        assertThat(GoDuration.parse(text))
                .hasValueSatisfying(d -> assertThat(d.toNanos()).isEqualTo(nanos));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "-", "s", "1x", "1.2.3s", ".s", "3000000h", "1 s"})
    void whatIsNoDurationIsNone(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }
}
