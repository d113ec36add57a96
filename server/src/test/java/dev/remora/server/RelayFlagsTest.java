package dev.remora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.server.relay.MeshPeer;
import dev.remora.server.relay.RateLimit;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelayFlagsTest {
    @TempDir private Path directory;

    @Test
    void stunIsBesideTheRelayUnlessSaidOtherwise() throws Exception {
        RelayFlags flags = RelayFlags.parse(List.of("--state=/x", "--listen=[::1]:443"));

        assertThat(flags.state()).isEqualTo(Path.of("/x"));
        assertThat(flags.listen()).isEqualTo(IpPort.parse("[::1]:443"));
        assertThat(flags.stun()).contains(IpPort.parse("[::1]:3478"));
        assertThat(flags.http()).isEmpty();
        assertThat(flags.metrics()).isEmpty();
        assertThat(flags.tls()).isEqualTo(new RelayFlags.Tls.SelfMade());
        assertThat(flags.mesh()).isEmpty();
        assertThat(flags.verify()).isEmpty();
        assertThat(flags.limit()).isEqualTo(RateLimit.NONE);
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

        assertThat(flags.http()).contains(IpPort.parse("10.0.0.1:80"));
        assertThat(flags.stun()).isEmpty();
        assertThat(flags.tls())
                .isEqualTo(new RelayFlags.Tls.Files(Path.of("a.pem"), Path.of("b.pem")));
    }

    @Test
    void aRegionAControlServerAndLimitsCanBeNamed() throws Exception {
        RelayFlags flags =
                RelayFlags.parse(
                        List.of(
                                "--listen=10.0.0.1:443",
                                "--state=/x",
                                "--metrics=9911",
                                "--mesh-key=/k",
                                "--mesh-with=b.example,10.0.0.3:8443,http://10.0.0.4",
                                "--verify=https://control.example/verify",
                                "--verify-fail-open=true",
                                "--rate=1000,5000",
                                "--bootstrap-dns=a.example,b.example"));

        assertThat(flags.metrics()).contains(IpPort.parse("127.0.0.1:9911"));
        assertThat(flags.mesh())
                .contains(
                        new RelayFlags.MeshWords(
                                Path.of("/k"),
                                List.of(
                                        new MeshPeer("b.example", 443, true),
                                        new MeshPeer("10.0.0.3", 8443, true),
                                        new MeshPeer("10.0.0.4", 80, false))));
        assertThat(flags.verify())
                .contains(
                        new RelayFlags.Verify(URI.create("https://control.example/verify"), true));
        assertThat(flags.limit()).isEqualTo(new RateLimit(1000, 5000));
        assertThat(flags.bootstrapDns()).containsExactly("a.example", "b.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--state=/x",
                "--listen=10.0.0.1:1",
                "--listen=10.0.0.1 --state=/x",
                "--listen=10.0.0.1:1 --state=/x --tls=one.pem",
                "--listen=10.0.0.1:1 --state=/x --colour=red",
                "--listen=10.0.0.1:1 --state=/x --mesh-with=a.example",
                "--listen=10.0.0.1:1 --state=/x --mesh-key=k --mesh-with=ftp://a",
                "--listen=10.0.0.1:1 --state=/x --verify=control.example",
                "--listen=10.0.0.1:1 --state=/x --verify-fail-open=perhaps",
                "--listen=10.0.0.1:1 --state=/x --rate=1,2,3",
                "--listen=10.0.0.1:1 --state=/x --rate=-1",
                "--listen=10.0.0.1:1 --state=/x --rate=much",
                "--listen=10.0.0.1:1 --state=/x --state=/y",
                "--listen=10.0.0.1:1 --state=/x --bootstrap-dns=a\"b",
                "--listen=10.0.0.1:1 --state=/x --trusted-proxies=0.0.0.0/0",
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
