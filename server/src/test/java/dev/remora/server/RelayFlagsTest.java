package dev.remora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayFlagsTest {
    @TempDir private Path directory;

    @Test
    void stunIsBesideTheRelayUnlessSaidOtherwise() throws Exception {
        RelayFlags flags = RelayFlags.parse(List.of("--state=/x", "--listen=[::1]:443"));

        assertThat(flags)
                .isEqualTo(
                        new RelayFlags(
                                Path.of("/x"),
                                new InetSocketAddress("::1", 443),
                                Optional.of(new InetSocketAddress("::1", 3478)),
                                Optional.empty(),
                                new RelayFlags.Tls.SelfMade()));
    }

    @Test
    void everythingCanBeSaid() throws Exception {
        RelayFlags flags =
                RelayFlags.parse(
                        List.of(
                                "--listen=10.0.0.1:8443",
                                "--http=10.0.0.1:80",
                                "--stun=off",
                                "--tls=a.pem,b.pem",
                                "--state=/x"));

        assertThat(flags.http()).contains(new InetSocketAddress("10.0.0.1", 80));
        assertThat(flags.stun()).isEmpty();
        assertThat(flags.tls())
                .isEqualTo(new RelayFlags.Tls.Files(Path.of("a.pem"), Path.of("b.pem")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--state=/x",
                "--listen=10.0.0.1:1",
                "--listen=10.0.0.1 --state=/x",
                "--listen=10.0.0.1:1 --state=/x --tls=one.pem",
                "--listen=10.0.0.1:1 --state=/x --colour=red",
                "--listen=10.0.0.1:1 --state=/x word"
            })
    void whatMakesNoSenseIsRefused(String words) {
        assertThatThrownBy(() -> RelayFlags.parse(List.of(words.split(" "))))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void theKeyIsMadeOnceAndOnlyItsOwnerReadsIt() throws Exception {
        Path state = directory.resolve("state");
        var key = KeyFile.at(state);

        assertThat(KeyFile.at(state).publicKey()).isEqualTo(key.publicKey());
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(state.resolve("relay.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aDamagedKeyIsNeverReplaced() throws Exception {
        Path file = Files.writeString(directory.resolve("relay.key"), "privkey:12");

        assertThatThrownBy(() -> KeyFile.at(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        assertThat(file).hasContent("privkey:12");
    }

    @Test
    void aCertificateThatIsNotThereIsSaid() {
        String missing = directory.resolve("none.pem").toString();
        List<String> words =
                List.of(
                        "--listen=127.0.0.1:0",
                        "--stun=off",
                        "--state=" + directory,
                        "--tls=" + missing + "," + missing);

        assertThatThrownBy(() -> RelayProgram.start(RelayFlags.parse(words)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(missing);
    }
}
