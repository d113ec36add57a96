package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    private static Ran run(String... words) {
        return Ran.tailscale(Path.of("/nonexistent/sock"), Arrays.asList(words));
    }

    static Stream<String> commands() {
        return Stream.of(
                "up",
                "down",
                "login",
                "logout",
                "switch",
                "set",
                "get",
                "status",
                "ip",
                "ping",
                "netcheck",
                "whois",
                "whoami",
                "version",
                "wait",
                "metrics",
                "lock",
                "serve");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.MethodSource("commands")
    void everyCommandHasHelp(String command) {
        for (String help : List.of("--help", "-h")) {
            Ran ran = run(command, help);
            assertThat(ran.stderr()).contains("\n\nUSAGE\n  tailscale " + command);
            assertThat(ran.stdout()).isEmpty();
            assertThat(ran.exit()).isZero();
        }
        assertThat(run("--help").stderr()).contains("\n  " + command + " ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh", "funnel", "cert", "file", "exit-node", "debug"})
    void commandsThatAreNotThereSayItInOneSentence(String command) {
        for (String flag : List.of("--timeout=1s", "--json", "--help")) {
            Ran ran = run(command, flag);
            assertThat(ran.stderr())
                    .isEqualTo("'tailscale " + command + "' is not part of Remora yet\n");
            assertThat(ran.exit()).isEqualTo(1);
        }
    }

    @Test
    void partsOfServeThatAreNotThereSayItToo() {
        assertThat(run("serve", "drain", "svc:x").stderr())
                .isEqualTo("'tailscale serve drain' is not part of Remora yet\n");
    }

    @Test
    void aSocketsPathThatIsTooLongIsNoReasonToWait() {
        Path socket = Path.of("/tmp", "x".repeat(120));
        assertThat(Ran.tailscale(socket, List.of("status")))
                .isEqualTo(
                        new Ran("", "the path of a Unix socket is too long: " + socket + "\n", 1));
    }

    @Test
    void flagsBeforeTheDaemonAreTheDaemons() {
        assertThat(Main.daemonFlags(List.of("--socket", "s", "daemon", "--statedir=d")))
                .hasValue(List.of("--socket=s", "--statedir=d"));
        assertThat(Main.daemonFlags(List.of("daemon"))).hasValue(List.of());
        assertThat(Main.daemonFlags(List.of("status", "daemon"))).isEmpty();
        assertThat(Main.daemonFlags(List.of("--nosuch", "daemon"))).isEmpty();
    }
}
