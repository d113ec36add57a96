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
                        "--log-format=json");
        assertThat(flags)
                .isEqualTo(
                        new DaemonFlags(
                                "userspace-networking",
                                Optional.of(Path.of("/s")),
                                Path.of("/s/x"),
                                41641,
                                1,
                                true));
    }

    @Test
    void aStateFileNamesItsDirectory() throws Exception {
        assertThat(parse("--state=/s/tailscaled.state").stateDirectory()).contains(Path.of("/s"));
        assertThat(parse("--state=mem:").stateDirectory()).isEmpty();
        assertThat(parse("--state=mem:", "--statedir=/s").stateDirectory()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--nope, flag provided but not defined: -nope",
        "--nope=1, flag provided but not defined: -nope",
        "--port, flag needs an argument: -port",
        "--port=x, invalid value",
        "--port=65536, invalid value",
        "--log-format=xml, invalid value",
        "--state=kube:x, invalid value",
        "up, the daemon takes no arguments",
    })
    void refusesTheRest(String word, String why) {
        assertThatThrownBy(() -> parse(word))
                .isInstanceOf(DaemonFlags.UsageException.class)
                .hasMessageContaining(why);
    }
}
