package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Arguments that nobody should give, and what the official command line makes of them.
class OddWordsTest {
    private static final String STATUS =
            "{\"BackendState\":\"Running\",\"TailscaleIPs\":[\"100.64.0.1\"],\"Self\":{\"ID\":\"1\",\"TailscaleIPs\":[\"100.64.0.1\"]},\"Peer\":null}";

    @TempDir Path temp;

    private Ran run(String words) throws Exception {
        AnsweringDaemon answers =
                new AnsweringDaemon()
                        .json("GET", "status", STATUS)
                        .json("GET", "status?peers=false", STATUS)
                        .json("GET", "prefs", "{\"NetfilterMode\":2}")
                        .json("POST", "check-prefs", "{}")
                        .json("PATCH", "prefs", "{}")
                        .answer(
                                "POST",
                                "ping?ip=100.64.0.2&size=70000&type=disco",
                                "400 Bad Request",
                                "text/plain",
                                "maximum value for 'size' is 65467\n");
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            return Ran.tailscale(daemon.socket(), List.of(words.split(" ")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ping --size=70000 --c=1 100.64.0.2       | error 400 Bad Request: maximum value for 'size' is 65467
                    ping --timeout=0 --c=1 100.64.0.2        | no reply
                    ping --c=1 100.64.0                      | error looking up IP of "100.64.0": lookup 100.64.0: no such host
                    ip --assert=nonsense                     | assertion failed: IP "nonsense" not found among [100.64.0.1]
                    set --advertise-routes=10.0.0.0          | "10.0.0.0" is not a valid IP address or CIDR prefix
                    set --relay-server-port=70000            | failed to set relay server port: strconv.ParseUint: parsing "70000": value out of range
                    set --relay-server-port=-1               | failed to set relay server port: strconv.ParseUint: parsing "-1": invalid syntax
                    set --relay-server-static-endpoints=1.2.3.4:5,6 | failed to set relay server static endpoints: "6" is not a valid IP:port
                    netcheck --bind-port=5                   | The daemon measures with the sockets it has; --bind-address and --bind-port are not part of Remora.
                    version --upstream                       | Remora asks nobody for newer versions.
                    serve --tun                              | tun mode is only supported for services
                    """)
    void areRefusedWithAReason(String words, String why) throws Exception {
        Ran ran = run(words);
        assertThat(ran.stderr()).isEqualTo(why + "\n");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    serve --bg=maybe 80             | invalid boolean value "maybe" for -bg: strconv.ParseBool: parsing "maybe": invalid syntax
                    serve --accept-app-caps=x 80    | invalid value "x" for flag -accept-app-caps: "x" does not match the form {domain}/{name}, where domain must be a fully qualified domain name
                    ping --c=99999999999999999999 x | invalid value "99999999999999999999" for flag -c: value out of range
                    """)
    void areRefusedWithTheUsage(String words, String why) throws Exception {
        Ran ran = run(words);
        assertThat(ran.stderr()).startsWith(why + "\n");
        assertThat(ran.exit()).isEqualTo(2);
    }

    @Test
    void oneThingIsServedAtATime() throws Exception {
        assertThat(run("serve --tun --tcp=80 5000").stderr())
                .isEqualTo(
                        "error: cannot serve multiple types for a single mount point\n\ntry `tailscale serve --help` for usage info\n");
    }

    @Test
    void anEmptyNameIsNobodyElses() throws Exception {
        assertThat(run("ip ").stdout()).isEqualTo("100.64.0.1\n");
    }

    @Test
    void jsonHasTheNodeItselfInAnyCase() throws Exception {
        assertThat(run("status --json --self=false").stdout()).contains("\"ID\": \"1\"");
    }

    @ParameterizedTest
    @CsvSource({
        "off, configure iptables yourself",
        "nodivert, add iptables calls to ts-* chains manually"
    })
    void whoDoesWithoutFirewallRulesIsTold(String mode, String what) throws Exception {
        assertThat(run("set --netfilter-mode=" + mode).stdout())
                .isEqualTo("Warning: netfilter=" + mode + "; " + what + ".\n");
    }

    @Test
    void whoAsksForWhatHasNoEffectIsTold() throws Exception {
        String ssh = "Tailscale SSH enabled, but this program has no SSH server.";
        String status = STATUS.replace("{\"Back", "{\"Health\":[\"x\",\"" + ssh + "\"],\"Back");
        AnsweringDaemon answers =
                new AnsweringDaemon()
                        .json("GET", "status", status)
                        .json("GET", "status?peers=false", status)
                        .json(
                                "GET",
                                "prefs",
                                "{\"ControlURL\":\"https://controlplane.tailscale.com\"}")
                        .json("PATCH", "prefs", "{}");
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            assertThat(Ran.tailscale(daemon.socket(), List.of("up", "--reset", "--ssh")))
                    .isEqualTo(new Ran(ssh + "\n", "", 0));
        }
    }
}
