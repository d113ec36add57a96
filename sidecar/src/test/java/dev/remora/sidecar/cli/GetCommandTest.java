package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `get`: settings by the names of the flags that set them.
class GetCommandTest {
    private static final String PREFS =
            """
            {"RouteAll":false,"CorpDNS":true,"Hostname":"my app","NetfilterMode":2,"AdvertiseRoutes":["10.0.0.0/8","0.0.0.0/0","::/0"],
             "AutoUpdate":{"Check":true,"Apply":null},"RelayServerPort":4433,"NoSNAT":true}\
            """;

    @TempDir Path temp;

    private Ran run(String... words) throws Exception {
        AnsweringDaemon answers =
                new AnsweringDaemon()
                        .json("GET", "prefs", PREFS)
                        .json("GET", "status", "{\"BackendState\":\"Running\"}");
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            return Ran.tailscale(daemon.socket(), List.of(words));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "hostname, my app",
        "accept-dns, true",
        "advertise-routes, 10.0.0.0/8",
        "advertise-exit-node, true",
        "netfilter-mode, on",
        "relay-server-port, 4433",
        "snat-subnet-routes, false",
        "stateful-filtering, true",
        "update-check, true",
        "auto-update, false",
        "operator, ''"
    })
    void oneIsPrintedAsItIs(String setting, String value) throws Exception {
        assertThat(run("get", setting)).isEqualTo(new Ran(value + "\n", "", 0));
    }

    @Test
    void allOfThemAreATable() throws Exception {
        Ran ran = run("get");
        assertThat(ran.stdout())
                .startsWith(
                        "NAME                           VALUE\naccept-dns                     true\n")
                .contains("\nhostname                       my app\n")
                .endsWith("\nwebclient                      false\n");
        assertThat(run("get", "all")).isEqualTo(ran);
    }

    @Test
    void theyCanBeSetAgain() throws Exception {
        assertThat(run("get", "--set-flags").stdout())
                .startsWith("--accept-dns --accept-routes=false --advertise-connector=false ")
                .contains(" --exit-node= ", " --hostname='my app' ", " --relay-server-port=4433 ");
    }

    @Test
    void programsGetTruthsAndTexts() throws Exception {
        assertThat(run("get", "--json", "hostname").stdout())
                .isEqualTo("{\n  \"hostname\": \"my app\"\n}\n");
        assertThat(run("get", "--json", "shields-up").stdout())
                .isEqualTo("{\n  \"shields-up\": false\n}\n");
    }

    @Test
    void anUnknownOneIsAnError() throws Exception {
        assertThat(run("get", "nosuch"))
                .isEqualTo(
                        new Ran(
                                "",
                                "unknown setting \"nosuch\"; see \"tailscale set --help\" for valid settings\n",
                                1));
        assertThat(run("get", "a", "b").stderr()).isEqualTo("too many arguments: [\"a\" \"b\"]\n");
    }
}
