package dev.remora.sidecar.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.sidecar.server.RunningProgram;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The demo as a user has it: its words, its page, and its end.
@Tag("host")
class DemoTest {
    private static final Pattern PAGE =
            Pattern.compile("http://127\\.0\\.0\\.1:\\d+/(?=  in a browser)");

    @TempDir private Path temp;

    @Test
    void showsThePageOverTheTailnetAndLeavesNothingBehind() throws Exception {
        try (RunningProgram demo =
                RunningProgram.start(
                        List.of("-Djava.io.tmpdir=" + temp), "demo", "--listen=127.0.0.1")) {
            String said = demo.awaitSaid("tailscale up --login-server=http://127.0.0.1:");
            assertThat(said).contains("http://app.demo.internal/", " at 100.", "--auth-key=");

            String page = fetch(page(said));
            assertThat(page)
                    .contains("You are on the tailnet", "visitor.demo.internal (100.", ", of demo)")
                    .containsPattern("direct, from |through the relay")
                    .containsPattern("[0-9.]+ ms");
            assertThat(fetch(page(said) + "sample")).hasSize(8 << 20);

            demo.interrupt();
            demo.awaitEnd(0);
        }
        assertThat(directories()).isEmpty();
    }

    @Test
    void endsAsToldWithoutAVisit() throws Exception {
        try (RunningProgram demo =
                RunningProgram.start(
                        List.of("-Djava.io.tmpdir=" + temp), "demo", "--listen=127.0.0.1")) {
            demo.awaitSaid("to join");
            demo.end();
            demo.awaitEnd(0);
        }
        assertThat(directories()).isEmpty();
    }

    private List<String> directories() throws Exception {
        try (Stream<Path> left = Files.list(temp)) {
            return left.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("remora-demo"))
                    .toList();
        }
    }

    private static String page(String said) {
        Matcher found = PAGE.matcher(said);
        assertThat(found.find()).as(said).isTrue();
        return found.group();
    }

    private static String fetch(String url) throws Exception {
        try (InputStream in = URI.create(url).toURL().openStream()) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
