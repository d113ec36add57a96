package dev.remora.sidecar.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("host")
class RelayCommandTest {
    @TempDir private Path state;

    @Test
    void runsUntilItIsToldToEnd() throws Exception {
        try (RunningProgram relay = relay("--listen=127.0.0.1:0", "--stun=off")) {
            relay.awaitSaid("relay: listening on 127.0.0.1:");
            assertThat(state.resolve("relay.key")).exists();
            relay.end();
            relay.awaitEnd(0);
        }
    }

    @Test
    void saysWhatItDoesNotUnderstand() throws Exception {
        try (RunningProgram relay = relay("--listen=localhost")) {
            assertThat(relay.awaitEnd(2)).startsWith("relay: ").contains("USAGE", "--listen value");
        }
    }

    private RunningProgram relay(String... words) throws Exception {
        String[] all = new String[words.length + 2];
        all[0] = "relay";
        all[1] = "--state=" + state;
        System.arraycopy(words, 0, all, 2, words.length);
        return RunningProgram.start(all);
    }
}
