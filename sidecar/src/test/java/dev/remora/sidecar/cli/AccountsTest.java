package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `switch` with two accounts of one node: which one is meant, and how it ends.
class AccountsTest {
    private static final String HOME =
            """
            {"ID":"1a2b","Name":"alice","NetworkProfile":{"DomainName":"home.example"},"UserProfile":{"LoginName":"alice@example"}}\
            """;

    private static final String WORK =
            """
            {"ID":"3c4d","Name":"work","NetworkProfile":{"DomainName":"firm.example","DisplayName":"The Firm"},"UserProfile":{"LoginName":"bob@firm"}}\
            """;

    @TempDir Path temp;

    private Ran run(String state, String... words) throws Exception {
        AnsweringDaemon answers =
                new AnsweringDaemon()
                        .json("GET", "profiles/current", HOME)
                        .json("GET", "profiles/", "[" + HOME + "," + WORK + "]")
                        .answer("POST", "profiles/3c4d", "204 No Content", "text/plain", "")
                        .answer("DELETE", "profiles/3c4d", "204 No Content", "text/plain", "")
                        .json("GET", "status?peers=false", "{\"BackendState\":\"" + state + "\"}");
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            return Ran.tailscale(daemon.socket(), List.of(words));
        }
    }

    @Test
    void areListedWithAMarkAtTheOneInUse() throws Exception {
        assertThat(run("Running", "switch", "--list").stdout())
                .isEqualTo(
                        """
                        ID    Tailnet       Account
                        1a2b  home.example  alice*
                        3c4d  The Firm      work
                        """);
    }

    @Test
    void areListedForPrograms() throws Exception {
        assertThat(run("Running", "switch", "--list", "--json").stdout())
                .startsWith("[\n  {\n    \"id\": \"1a2b\",\n    \"nickname\": \"alice\",\n")
                .contains("\"tailnet\": \"The Firm\",\n    \"account\": \"bob@firm\",\n")
                .endsWith("    \"selected\": false\n  }\n]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3c4d", "firm.example", "work", "The Firm"})
    void areCalledByIdTailnetOrName(String name) throws Exception {
        assertThat(run("Running", "switch", name))
                .isEqualTo(new Ran("Switching to account \"" + name + "\"\nSuccess.\n", "", 0));
        assertThat(run("Running", "switch", "remove", name)).isEqualTo(new Ran("", "", 0));
    }

    @ParameterizedTest
    @CsvSource({"switch 1a2b", "switch remove alice"})
    void theOneInUseStays(String words) throws Exception {
        Ran ran = run("Running", words.split(" "));
        assertThat(ran.stdout()).startsWith("Already on account ");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void oneThatIsLoggedOutIsToBeLoggedIn() throws Exception {
        assertThat(run("NeedsLogin", "switch", "work").stdout())
                .endsWith("Logged out.\nTo log in, run:\n  tailscale up\n");
    }

    @Test
    void oneThatIsStoppedIsNoSuccess() throws Exception {
        Ran ran = run("Stopped", "switch", "work");
        assertThat(ran.stdout()).endsWith("Tailscale is stopped.\n");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    switch nosuch        | No profile named "nosuch"
                    switch remove nosuch | No profile named "nosuch"
                    """)
    void anUnknownOneIsAnError(String words, String why) throws Exception {
        assertThat(run("Running", words.split(" "))).isEqualTo(new Ran("", why + "\n", 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    switch             | usage: tailscale switch NAME
                    switch a b         | usage: tailscale switch NAME
                    switch remove      | usage: tailscale switch remove NAME
                    switch --json work | --json argument cannot be used with tailscale switch NAME
                    """)
    void wordsThatMakeNoSenseAreToldOnStdout(String words, String what) throws Exception {
        assertThat(run("Running", words.split(" "))).isEqualTo(new Ran(what + "\n", "", 1));
    }
}
