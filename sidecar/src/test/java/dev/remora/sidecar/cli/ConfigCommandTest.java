package dev.remora.sidecar.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.cli.ConfigCommand.Inspection;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigCommandTest {
    /// Good is what is called so.
    private static final class ByName implements Inspection {
        @Override
        public Outcome check(Optional<Path> file) {
            return file.equals(Optional.of(Path.of("good")))
                    ? Outcome.good("is good\n")
                    : Outcome.wrong(List.of("first", "second"));
        }

        @Override
        public Outcome explain(Optional<Path> file, boolean json) {
            return Outcome.good(file.map(Path::toString).orElse("none") + (json ? " json" : ""));
        }

        @Override
        public String schema() {
            return "{}\n";
        }
    }

    private static Ran run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Surroundings world =
                new Surroundings(
                        "remora",
                        List.of(words),
                        "",
                        InputStream.nullInputStream(),
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8),
                        false,
                        Machine.THIS);
        int exit = new CommandLine(world, List.of(ConfigCommand.command(new ByName()))).run();
        return new Ran(out.toString(UTF_8), err.toString(UTF_8), exit);
    }

    @Test
    void checkSaysByItsExitCodeWhetherAFileIsGood() {
        assertThat(run("config", "check", "good")).isEqualTo(new Ran("is good\n", "", 0));
        assertThat(run("config", "check", "bad")).isEqualTo(new Ran("", "first\nsecond\n", 1));
        assertThat(run("config", "check")).isEqualTo(new Ran("", "first\nsecond\n", 1));
    }

    @Test
    void explainTakesAFileAndAForm() {
        assertThat(run("config", "explain").stdout()).isEqualTo("none");
        assertThat(run("config", "explain", "--json", "f").stdout()).isEqualTo("f json");
    }

    @Test
    void schemaIsPrinted() {
        assertThat(run("config", "schema").stdout()).isEqualTo("{}\n");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(run("config", "check", "a", "b"))
                .isEqualTo(new Ran("", "config: one file at a time\n", 1));
        assertThat(run("config", "chek"))
                .isEqualTo(new Ran("", "config: unknown subcommand: chek\n", 1));
    }
}
