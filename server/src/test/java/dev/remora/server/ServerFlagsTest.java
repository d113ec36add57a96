package dev.remora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerFlagsTest {
    @Test
    void anAddressIsEnough() throws Exception {
        ServerFlags flags = ServerFlags.parse(List.of("--state=/x", "--listen=10.0.0.1:443"));

        assertThat(flags.url()).hasToString("https://10.0.0.1");
        assertThat(flags.tls()).isEqualTo(new RelayFlags.Tls.SelfMade());
        assertThat(flags.stun()).contains(IpPort.parse("10.0.0.1:3478"));
        assertThat(flags.withRelay()).isTrue();
        assertThat(flags.names().magic()).isTrue();
    }

    @Test
    void namesCanBeSaid() throws Exception {
        ServerFlags flags =
                ServerFlags.parse(
                        List.of(
                                "--state=/x",
                                "--listen=[::]:8443",
                                "--url=https://vpn.example.com:8443/",
                                "--dns=1.1.1.1, 9.9.9.9",
                                "--split-dns=corp.example=10.0.0.53,10.0.0.54;lab=10.1.0.53",
                                "--magic-dns=off"));

        assertThat(flags.url()).isEqualTo(new ServerUrl(true, "vpn.example.com", 8443));
        assertThat(flags.names().resolvers()).containsExactly("1.1.1.1", "9.9.9.9");
        assertThat(flags.names().split())
                .isEqualTo(
                        Map.of(
                                "corp.example", List.of("10.0.0.53", "10.0.0.54"),
                                "lab", List.of("10.1.0.53")));
        assertThat(flags.names().magic()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "https://vpn.example.com, true",
        "http://10.1.2.3:8080, true",
        "http://[fd00::1], true",
        "http://localhost:8080, true",
        "http://control:8080, false",
        "http://100.64.0.1, false",
        "http://203.0.113.7, false"
    })
    void clientsComeBackToSomeAddressesOnly(String url, boolean steady) throws Exception {
        assertThat(ServerUrl.parse(url).isSteady()).isEqualTo(steady);
    }

    /// Whoever gave ten of them sees which it is.
    @ParameterizedTest
    @CsvSource({
        "--stun=10.0.0.1, --stun=10.0.0.1 is no IP:PORT: no port behind the address",
        "--relay=vpn:443, --relay=vpn:443 is no IP:PORT: \"vpn\" is no IP address",
        "--metrics=x, --metrics=x is no IP:PORT: no port behind the address",
        "--trusted-proxies=proxy, --trusted-proxies: \"proxy\" is no IP address",
        "--magic-dns=maybe, --magic-dns is on or off",
        "--device-approval=yes, --device-approval is on or off",
        "--node-expiry=soon, '--node-expiry=soon is no span of time such as 24h, 90d or 1y'",
        "--node-expiry=0d, '--node-expiry=0d is no span of time such as 24h, 90d or 1y'",
        "--dns=resolver, '--dns: \"resolver\" is no name server such as 10.0.0.53 or https://dns.example/dns-query'",
        "--split-dns=corp=10.0.0, '--split-dns: \"10.0.0\" is no name server such as 10.0.0.53 or https://dns.example/dns-query'",
        "--split-dns=a b=10.0.0.53, --split-dns: \"a b\" is no domain",
        "--search-domains=corp..example, --search-domains: \"corp..example\" is no domain"
    })
    void whatIsWrongIsSaidWithItsFlag(String word, String sentence) {
        assertThatThrownBy(
                        () -> ServerFlags.parse(List.of("--state=/x", "--listen=10.0.0.1:1", word)))
                .isInstanceOfSatisfying(
                        MalformedException.class, e -> assertThat(e.reason()).isEqualTo(sentence));
    }

    @Test
    void howLongDevicesStayIsTheTailnetsRule() throws Exception {
        ServerFlags flags =
                ServerFlags.parse(
                        List.of("--state=/x", "--listen=10.0.0.1:1", "--node-expiry=1y30d"));

        assertThat(StateDirectory.settings(flags).nodeExpiry()).contains(Duration.ofDays(395));
    }

    @Test
    void nameServersHaveAddressesPortsOrUrls() throws Exception {
        ServerFlags flags =
                ServerFlags.parse(
                        List.of(
                                "--state=/x",
                                "--listen=10.0.0.1:1",
                                "--dns=fd00::53,10.0.0.53:5353,[fd00::53]:5353,https://dns.example/q"));

        assertThat(flags.names().resolvers())
                .containsExactly(
                        "fd00::53", "10.0.0.53:5353", "[fd00::53]:5353", "https://dns.example/q");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--state=/x",
                "--listen=10.0.0.1:1",
                "--listen=0.0.0.0:443 --state=/x",
                "--listen=10.0.0.1:1 --state=/x --url=ftp://x",
                "--listen=10.0.0.1:1 --state=/x --url=https://x/path",
                "--listen=10.0.0.1:1 --state=/x --url=http://x",
                "--listen=10.0.0.1:1 --state=/x --trusted-proxies=0.0.0.0/0",
                "--listen=10.0.0.1:1 --state=/x --split-dns=corp",
                "--listen=10.0.0.1:1 --state=/x --colour=red",
                "--listen=10.0.0.1:1 --state=/x word"
            })
    void whatMakesNoSenseIsRefused(String words) {
        assertThatThrownBy(() -> ServerFlags.parse(List.of(words.split(" "))))
                .isInstanceOf(MalformedException.class);
    }
}
