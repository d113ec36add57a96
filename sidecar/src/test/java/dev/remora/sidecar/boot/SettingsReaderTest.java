package dev.remora.sidecar.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpAddress;
import dev.remora.sidecar.config.ServeConfig;
import dev.remora.sidecar.life.Probes;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Names, defaults and rules are those of the official image's reference.
class SettingsReaderTest {
    private static BootSettings read(String... namesAndValues) throws InvalidSettingsException {
        Map<String, String> variables = new HashMap<>();
        for (String each : namesAndValues) {
            int equals = each.indexOf('=');
            variables.put(each.substring(0, equals), each.substring(equals + 1));
        }
        return SettingsReader.read(Environment.of(variables));
    }

    private static List<String> reasons(String... namesAndValues) {
        try {
            read(namesAndValues);
            return List.of();
        } catch (InvalidSettingsException e) {
            return e.reasons();
        }
    }

    @Test
    void hasTheDefaultsOfTheOfficialImage() throws Exception {
        BootSettings settings = read();

        assertThat(settings.daemon().userspace()).isTrue();
        assertThat(settings.daemon().stateDirectory()).isEmpty();
        assertThat(settings.daemon().socket()).isEqualTo(Path.of("/tmp/tailscaled.sock"));
        assertThat(settings.login().once()).isFalse();
        assertThat(settings.login().patience()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.endpoints()).isEmpty();
        assertThat(Words.ofUp(settings))
                .containsExactly("--socket=/tmp/tailscaled.sock", "up", "--accept-dns=false");
        assertThat(Words.ofDaemon(settings.daemon()))
                .containsExactly(
                        "--socket=/tmp/tailscaled.sock",
                        "--state=mem:",
                        "--tun=userspace-networking");
    }

    @Test
    void saysAllOfTheComposeFileToUp() throws Exception {
        BootSettings settings =
                read(
                        "TS_AUTHKEY=key",
                        "TS_HOSTNAME=my-flask-app-docker-sidecar",
                        "TS_TAGS=tag:flask-app-service, tag:dockerized-app",
                        "TS_EXTRA_ARGS=--login-server=https://headscale.example   --reset",
                        "TS_ROUTES=");

        assertThat(Words.ofUp(settings))
                .containsExactly(
                        "--socket=/tmp/tailscaled.sock",
                        "up",
                        "--accept-dns=false",
                        "--authkey=key",
                        "--advertise-routes=",
                        "--hostname=my-flask-app-docker-sidecar",
                        "--advertise-tags=tag:flask-app-service,tag:dockerized-app",
                        "--login-server=https://headscale.example",
                        "--reset");
    }

    @Test
    void takesTagsBackInWords() throws Exception {
        BootSettings settings = read("TS_TAGS=tag:a", "TS_EXTRA_ARGS=--ssh").withoutTags();

        assertThat(Words.ofUp(settings)).endsWith("--ssh", "--advertise-tags=");
    }

    @Test
    void statesOnlyWhatNeedsNoLoginWithSet() throws Exception {
        BootSettings settings =
                read("TS_AUTHKEY=key", "TS_HOSTNAME=name", "TS_TAGS=tag:a", "TS_EXTRA_ARGS=--ssh");

        assertThat(Words.ofSet(settings))
                .containsExactly(
                        "--socket=/tmp/tailscaled.sock",
                        "set",
                        "--accept-dns=false",
                        "--hostname=name");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', false",
        "true, '', true",
        "yes, '', false",
        "true, --accept-dns=false, false",
        "false, --accept-dns, true",
        "'', --accept-dns=true, true",
        "'', --accept-dns=T, true",
    })
    void letsExtraWordsDecideOnDns(String variable, String extra, boolean wanted) throws Exception {
        BootSettings settings = read("TS_ACCEPT_DNS=" + variable, "TS_EXTRA_ARGS=" + extra);

        assertThat(settings.login().acceptDns()).isEqualTo(wanted);
        assertThat(Words.ofUp(settings).stream().filter(word -> word.contains("accept-dns")))
                .hasSize(1);
    }

    @Test
    void hasMetricsAtTheUsualAddressAndHealthAtTheOldOne() throws Exception {
        List<Probes> endpoints =
                read(
                                "TS_ENABLE_METRICS=1",
                                "TS_HEALTHCHECK_ADDR_PORT=127.0.0.1:81",
                                "POD_IPS=fd00::7,10.1.2.3")
                        .endpoints();

        List<IpAddress> pod = List.of(IpAddress.parse("fd00::7"), IpAddress.parse("10.1.2.3"));
        assertThat(endpoints)
                .containsExactly(
                        new Probes(new InetSocketAddress("::", 9002), true, false, pod),
                        new Probes(new InetSocketAddress("127.0.0.1", 81), false, true, pod));
    }

    /// Each line: the variable, a value, and the words in which the command line refuses it.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    TS_HOSTNAME   | My_Host            | "My_Host" is not a valid DNS label
                    TS_HOSTNAME   | -x                 | must start with a letter or number
                    TS_ROUTES     | nonsense           | "nonsense" is not a valid IP address or CIDR prefix
                    TS_ROUTES     | 10.0.0.1/8         | expected 10.0.0.0/8
                    TS_ROUTES     | 0.0.0.0/0          | please also advertise ::/0
                    TS_TAGS       | tag:a, tag:b_c     | "tag:b_c": tag names can only contain
                    TS_EXTRA_ARGS | --accept-dns=foo   | invalid boolean value "foo" for -accept-dns
                    TS_EXTRA_ARGS | --accept-dns false | too many non-flag arguments: ["false"]
                    TS_EXTRA_ARGS | --hostname="a b"   | too many non-flag arguments: ["b
                    TS_EXTRA_ARGS | --webclient        | flag provided but not defined: -webclient
                    TS_EXTRA_ARGS | --netfilter-mode=x | invalid value --netfilter-mode="x"
                    """)
    void refusesWhatUpWouldRefuseInAnyState(String variable, String value, String words) {
        assertThat(reasons(variable + "=" + value))
                .singleElement()
                .asString()
                .startsWith(variable + ": ")
                .contains(words);
    }

    @Test
    void refusesAFlagThatAVariableHasSaidAlready() {
        assertThat(reasons("TS_ROUTES=10.0.0.0/8", "TS_EXTRA_ARGS=--advertise-routes=10.0.0.0/8"))
                .singleElement()
                .asString()
                .contains("TS_EXTRA_ARGS", "-advertise-routes: flag provided multiple times");
    }

    @Test
    void leavesToUpWhatDependsOnThePeers() throws Exception {
        assertThat(read("TS_EXTRA_ARGS=--exit-node=gateway --qr").login().extra()).hasSize(2);
    }

    @Test
    void takesTheOtherNameOfTheKeyOnlyWithoutTheFirst() throws Exception {
        assertThat(read("TS_AUTH_KEY=old").login().authKey()).isEqualTo("old");
        assertThat(read("TS_AUTH_KEY=old", "TS_AUTHKEY=new").login().authKey()).isEqualTo("new");
    }

    @Test
    void knowsAKeyThatIsInAFile() throws Exception {
        assertThat(read("TS_AUTHKEY=file:/run/secrets/key").login().keyFiles())
                .contains("/run/secrets/key");
        assertThat(read("TS_AUTHKEY=tskey-auth-1").login().keyFiles()).isEmpty();
    }

    @Test
    void readsBooleansAsGoDoesAndTakesEverythingElseForTheDefault() throws Exception {
        for (String text : List.of("0", "f", "F", "false", "FALSE", "False")) {
            assertThat(read("TS_USERSPACE=" + text).daemon().userspace()).isFalse();
        }
        for (String text : List.of("", "no", "off", "FaLse", "1", "T")) {
            assertThat(read("TS_USERSPACE=" + text).daemon().userspace()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'[::]:9002', 9002",
        "'127.0.0.1:80', 80",
        "'[fe80::1]:0', 0",
    })
    void listensOnAnAddress(String text, int port) throws Exception {
        Probes probes =
                read("TS_ENABLE_METRICS=true", "TS_LOCAL_ADDR_PORT=" + text).endpoints().getFirst();

        assertThat(probes.address().getPort()).isEqualTo(port);
        assertThat(probes.metrics()).isTrue();
        assertThat(probes.health()).isFalse();
    }

    @Test
    void putsBracketsAroundThePodsAddress() throws Exception {
        List<Probes> endpoints =
                read(
                                "TS_ENABLE_HEALTH_CHECK=true",
                                "POD_IP=2001:db8::7",
                                "TS_LOCAL_ADDR_PORT=2001:db8::7:9002")
                        .endpoints();

        assertThat(endpoints.getFirst().address().getAddress().getHostAddress())
                .isEqualTo("2001:db8:0:0:0:0:0:7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:9002",
                "9002",
                ":9002",
                "[::]",
                "1.2.3.4:70000",
                "::1:9002",
                "1.2.3.4:-1"
            })
    void refusesToListenOnWhatIsNoAddress(String text) {
        assertThat(reasons("TS_ENABLE_METRICS=1", "TS_LOCAL_ADDR_PORT=" + text))
                .singleElement()
                .asString()
                .startsWith("error parsing TS_LOCAL_ADDR_PORT: ");
        assertThat(reasons("TS_LOCAL_ADDR_PORT=" + text)).isEmpty();
    }

    /// Each line: what is wrong, by the variables that make it so.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "TS_DEST_IP=10.0.0.1",
                "TS_EXPERIMENTAL_DEST_DNS_NAME=db",
                "TS_TAILNET_TARGET_IP=100.64.0.1",
                "TS_TAILNET_TARGET_FQDN=db.ts.net",
                "TS_EXPERIMENTAL_ENABLE_FORWARDING_OPTIMIZATIONS=true",
                "TS_ID_TOKEN=t",
                "TS_AUDIENCE=a",
                "TS_ID_TOKEN=t TS_CLIENT_ID=i TS_CLIENT_SECRET=s",
                "TS_ID_TOKEN=t TS_CLIENT_ID=i TS_AUDIENCE=a",
                "TS_AUDIENCE=a TS_CLIENT_ID=i TS_CLIENT_SECRET=s",
                "TS_AUTHKEY=k TS_CLIENT_ID=i",
                "TS_AUTHKEY=k TS_CLIENT_SECRET=s",
                "TS_HEALTHCHECK_ADDR_PORT=localhost:1",
                "TS_DEBUG_ADDR_PORT=localhost:1",
                "TS_ENABLE_HEALTH_CHECK=1 TS_HEALTHCHECK_ADDR_PORT=127.0.0.1:1",
                "POD_IPS=1.1.1.1,2.2.2.2,3.3.3.3",
                "POD_IPS=nonsense",
                "TS_AUTHKEY=arn:aws:ssm:eu-west-1:123456789012:parameter/key",
                "TS_KUBE_SECRET=state",
                "TS_BOOT_TIMEOUT=60",
                "TS_BOOT_TIMEOUT=soon",
                "TS_TAGS=tag:a TS_EXTRA_ARGS=--advertise-tags=tag:b",
                "TS_HOSTNAME=a TS_EXTRA_ARGS=--hostname=b",
                "REMORA_SERVE=80",
                "REMORA_SERVE=tcp:0=5000",
                "REMORA_SERVE=http:80=5000",
                "REMORA_SERVE=tcp:80=5000,tcp:80=5001",
                "REMORA_SERVE=tcp:80=http://x",
            })
    void refuses(String variables) {
        assertThat(reasons(variables.split(" "))).hasSize(1);
    }

    @Test
    void saysEverythingThatIsWrongAtOnce() {
        assertThat(
                        reasons(
                                "TS_BOOT_TIMEOUT=soon",
                                "REMORA_SERVE=x",
                                "TS_AUTHKEY=k",
                                "TS_CLIENT_ID=i"))
                .hasSize(3);
    }

    @Test
    void showsNoSecretWhateverIsPrinted() throws Exception {
        BootSettings settings = read("TS_AUTHKEY=", "TS_EXTRA_ARGS=--authkey=tskey-auth-hidden");
        List<String> refused =
                reasons("TS_AUTHKEY=tskey-auth-hidden", "TS_EXTRA_ARGS=--auth-key=hidden");

        assertThat(refused).hasSize(1);
        assertThat(settings + " " + refused + Environment.of(Map.of("TS_AUTHKEY", "hidden")))
                .doesNotContain("hidden");
    }

    @Test
    void namesTheVariableInEveryReason() {
        assertThatThrownBy(() -> read("TS_BOOT_TIMEOUT=1"))
                .hasMessageContaining("TS_BOOT_TIMEOUT")
                .hasMessageContaining("90s");
    }

    @ParameterizedTest
    @CsvSource({
        "tcp:80=localhost:5000, 80 localhost:5000",
        "tcp:80=5000, 80 localhost:5000",
        "tcp:80=tcp://127.0.0.1:5000, 80 127.0.0.1:5000",
        "tcp:80=[::1]:5000, 80 [::1]:5000",
        "'tcp:80=5000, tcp:81=app:1', 80 localhost:5000 81 app:1",
        "'tcp:80=5000 tcp:81=app:1', 80 localhost:5000 81 app:1",
    })
    void publishesWhatIsDeclared(String text, String expected) throws Exception {
        String json = read("REMORA_SERVE=" + text).publishing().declared().orElseThrow();
        List<String> found = new ArrayList<>();
        ServeConfig.parse(json.getBytes(StandardCharsets.UTF_8))
                .ports()
                .forEach((port, handler) -> found.add(port + " " + handler.tcpForward()));

        assertThat(found.stream().collect(Collectors.joining(" "))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TS_EXTRA_ARGS=--login-server=headscale.example | TS_EXTRA_ARGS: --login-server=\"headscale.example\" is no URL",
                "TS_EXTRA_ARGS=--login-server=\"https://h.example\" | is no URL",
                "TS_EXTRA_ARGS=--login-server https://h.example:70000 | is no URL",
                "REMORA_CONTROL_URL=https://h.example:70000 | REMORA_CONTROL_URL is a URL",
                "REMORA_LOG_FORMAT=xml | REMORA_LOG_FORMAT \"xml\" is one of text, json",
                "REMORA_SERVE=tcp:80=[::1:5000 | is not of the form host:port",
                "REMORA_SERVE=tcp:80=a:b:5000 | is not of the form host:port",
                "TS_SOCKET=/tmp | TS_SOCKET is a directory",
                "TS_LOCAL_ADDR_PORT=:9002 | TS_LOCAL_ADDR_PORT: \":9002\" has no address before the port",
                "TS_TAILSCALED_EXTRA_ARGS=--prot=1 | TS_TAILSCALED_EXTRA_ARGS: flag provided but not defined",
                "TS_TAILSCALED_EXTRA_ARGS=--version | ends the daemon at once",
            })
    void namesTheVariableThatIsWrong(String variable, String words) {
        assertThat(reasons(variable, "TS_ENABLE_METRICS=true"))
                .singleElement()
                .asString()
                .contains(words);
    }

    @Test
    void aSocketsPathHasRoomForSoMuch() {
        assertThat(reasons("TS_SOCKET=/tmp/" + "x".repeat(102))).isEmpty();
        assertThat(reasons("TS_SOCKET=/tmp/" + "x".repeat(103)))
                .containsExactly(
                        "TS_SOCKET is too long for a socket's path: it may have 107 bytes");
    }

    @Test
    void aFlagThatIsThereTwiceNamesNoKey() {
        for (String args :
                List.of(
                        "--authkey=tskey-secret --authkey=tskey-secret",
                        "--auth-key tskey-secret --auth-key tskey-secret",
                        "--client-secret=tskey-secret --client-secret=tskey-secret")) {
            assertThat(reasons("TS_EXTRA_ARGS=" + args))
                    .isNotEmpty()
                    .noneMatch(reason -> reason.contains("secret\""));
        }
    }
}
