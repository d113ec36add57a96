package dev.remora.sidecar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class MainTest {
    @Test
    void tellsItsVersion() {
        var out = new ByteArrayOutputStream();

        int exit =
                Main.run(new String[] {"version"}, new PrintStream(out, true, UTF_8), System.err);

        assertThat(exit).isZero();
        assertThat(out.toString(UTF_8)).startsWith("0.1.0");
    }
}
