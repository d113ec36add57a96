package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CommandOutputTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final CommandOutput output =
            new CommandOutput(new PrintStream(shown, true, StandardCharsets.UTF_8));

    @Test
    void showsAPageThatSomebodyHasToVisit() {
        output.stream().print("\nTo authenticate, visit:\n\n\thttps://login.example/a/1\n\n");

        assertThat(shown.toString(StandardCharsets.UTF_8))
                .contains("To authenticate, visit:\n\n\thttps://login.example/a/1\n");
        assertThat(output.kept()).isEmpty();
    }

    @Test
    void keepsEverythingElse() {
        output.stream().print("backend error: no\nmore\n");

        assertThat(shown.size()).isZero();
        assertThat(output.kept()).isEqualTo("backend error: no\nmore");
    }

    @Test
    void keepsNoMoreThanAPersonCanRead() {
        for (int i = 0; i < 10_000; i++) {
            output.stream().print("x".repeat(100) + "\n");
        }

        assertThat(output.kept()).hasSizeLessThan(20_000);
    }
}
