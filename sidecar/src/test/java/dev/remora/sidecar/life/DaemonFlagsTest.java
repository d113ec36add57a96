package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaemonFlagsTest {
    private static DaemonFlags parse(String... words) throws DaemonFlags.UsageException {
        return DaemonFlags.parse(List.of(words));
    }

    @Test
    void readsGoSyntax() throws Exception {
        DaemonFlags flags =
                parse(
                        "-tun",
                        "userspace-networking",
                        "--statedir=/s",
                        "-socket=/s/x",
                        "--port",
                        "41641",
                        "-verbose=1",
                        "--log-format=json",
                        "--expose=all");
        assertThat(flags)
                .isEqualTo(
                        new DaemonFlags(
                                "userspace-networking",
                                Optional.of(Path.of("/s")),
                                Optional.empty(),
                                Optional.empty(),
                                Path.of("/s/x"),
                                41641,
                                1,
                                true,
                                true,
                                Optional.empty(),
                                List.of()));
    }

    @Test
    void theStateMayBeInASecret() throws Exception {
        assertThat(parse("--state=kube:app", "--statedir=/s").stateSecret()).contains("app");
        assertThat(parse("--state=kube:app", "--statedir=/s").stateDirectory()).isEmpty();
        assertThat(parse("--state=kube:app").forgets()).isFalse();
        assertThat(parse("--state=mem:").forgets()).isTrue();
    }

    @Test
    void aStateFileNamesItsDirectory() throws Exception {
        assertThat(parse("--state=/s/tailscaled.state").stateDirectory()).contains(Path.of("/s"));
        assertThat(parse("--state=mem:").stateDirectory()).isEmpty();
        assertThat(parse("--state=mem:", "--statedir=/s").stateDirectory()).isEmpty();
    }

    @Test
    void settingsMayBeInAFileThatNeedNotBeThere() throws Exception {
        assertThat(parse("--config=/c").config()).contains(new DeclaredFile(Path.of("/c"), false));
        assertThat(parse("--config", "optional:/c").config())
                .contains(new DeclaredFile(Path.of("/c"), true));
        assertThat(parse("--config=").config()).isEmpty();
        assertThatThrownBy(() -> parse("--config=optional:vm:user-data"))
                .hasMessageContaining("does not fetch the user data");
    }

    @Test
    void takesFlagsThatChangeNothingAndSaysSo() throws Exception {
        assertThat(
                        parse(
                                        "--debug=127.0.0.1:0",
                                        "--no-logs-no-support",
                                        "--encrypt-state=false",
                                        "--hardware-attestation=false",
                                        "--socks5-server",
                                        ":1055")
                                .notes())
                .containsExactly(
                        "--debug has no effect: there are no debug pages.",
                        "--socks5-server has no effect: there is no SOCKS5 proxy into the tailnet yet.");
    }

    @Test
    void knowsWhatIsDoneAtOnce() throws Exception {
        assertThat(parse("--version").errand()).contains(DaemonFlags.Errand.VERSION);
        assertThat(parse("-cleanup").errand()).contains(DaemonFlags.Errand.CLEANUP);
        assertThat(parse("--cleanup=false").errand()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--nope, flag provided but not defined: -nope",
        "--nope=1, flag provided but not defined: -nope",
        "--port, flag needs an argument: -port",
        "--port=x, invalid value",
        "--port=65536, invalid value",
        "--log-format=xml, invalid value",
        "--socket=, invalid value",
        "--expose=some, invalid value",
        "--state=arn:x, invalid value",
        "--encrypt-state, cannot encrypt its state",
        "--cleanup=x, invalid value",
        "up, the daemon takes no arguments",
    })
    void refusesTheRest(String word, String why) {
        assertThatThrownBy(() -> parse(word))
                .isInstanceOf(DaemonFlags.UsageException.class)
                .hasMessageContaining(why);
    }
}
