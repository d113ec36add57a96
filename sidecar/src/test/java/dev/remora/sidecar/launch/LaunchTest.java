package dev.remora.sidecar.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchTest {
    @ParameterizedTest
    @CsvSource({
        "/usr/local/bin/tailscale, tailscale",
        "tailscaled, tailscaled",
        "./remora, remora",
        "/tailscale/run.sh, containerboot"
    })
    void goesByTheNameOfTheFileItWasCalledBy(String path, String program) {
        assertThat(Launch.program(path)).isEqualTo(program);
    }

    @Test
    void tailscaledIsTheDaemonWithItsFlags() throws IOException {
        assertThat(Launch.words("tailscaled", List.of("--state=mem:", "--port=0")))
                .containsExactly("daemon", "--state=mem:", "--port=0");
    }

    @Test
    void everyOtherNameIsTheCommandLine() throws IOException {
        assertThat(Launch.words("tailscale", List.of("status", "--json")))
                .containsExactly("status", "--json");
    }
}
