package dev.remora.sidecar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reports are those that the official command printed, as JSON or for people; a daemon of ours answers with the same object.
class NetcheckCommandTest {
    @TempDir Path temp;

    private Ran run(AnsweringDaemon answers, String... words) throws Exception {
        try (RecordedDaemon daemon = new RecordedDaemon(temp, answers.recording(), false)) {
            return Ran.tailscale(
                    daemon.socket(),
                    Stream.concat(Stream.of("netcheck"), Arrays.stream(words)).toList());
        }
    }

    private static AnsweringDaemon measured(String report) {
        return new AnsweringDaemon()
                .recorded("running/50-netcheck") // asks for the relays
                .json("GET", "remora/netcheck", report);
    }

    /// The official command logs what it does while it measures.
    private static String withoutLog(String stderr) {
        return stderr.replaceAll("(?m)^\\d{4}/\\d\\d/\\d\\d .*\n", "");
    }

    private void assertSame(Capture capture, String report) throws Exception {
        List<String> flags = capture.words().subList(1, capture.words().size());
        Ran ran = run(measured(report), flags.toArray(String[]::new));
        assertThat(ran.stdout()).isEqualTo(capture.stdout());
        assertThat(ran.stderr()).isEqualTo(withoutLog(capture.stderr()));
        assertThat(ran.exit()).isEqualTo(capture.exit());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "running/51-netcheck-json",
                "running/52-netcheck-json-line",
                "expired/07-netcheck",
                "unprivileged-cli/11-netcheck-json"
            })
    void jsonIsPrintedAsTheOfficialOneDoes(String name) throws Exception {
        Capture capture = Capture.read(name);
        assertSame(capture, capture.stdout());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "running/50-netcheck",
                "running/54-netcheck-verbose",
                "relayed-side/02-netcheck"
            })
    void peopleGetTheSameLinesAsFromTheOfficialOne(String name) throws Exception {
        Capture capture = Capture.read(name);
        assertSame(capture, reportBehind(capture.stdout()));
    }

    /// What must have been measured for these lines. All captures are from one network: IPv4 alone, one relay that answers, no port mapping.
    private static String reportBehind(String lines) {
        Matcher line =
                Pattern.compile(
                                """
                                Time: (\\S+) (\\S+)
                                \t\\* UDP: true
                                \t\\* IPv4: yes, (\\S+)
                                (?s:.*)\t\t- lab: (\\d+)µs\
                                """)
                        .matcher(lines);
        assertThat(line.find()).isTrue();
        return """
        {"Now":"%sT%s","UDP":true,"IPv4":true,"GlobalV4":"%s","IPv6":false,"GlobalV6":"","OSHasIPv6":true,
         "MappingVariesByDestIP":null,"UPnP":false,"PMP":false,"PCP":false,"CaptivePortal":false,
         "PreferredDERP":999,"RegionLatency":{"999":%s000}}
        """
                .formatted(line.group(1), line.group(2), line.group(3), line.group(4));
    }

    @Test
    void whatWasNotLookedForIsNotClaimed() throws Exception {
        String report =
                reportBehind(Capture.read("running/50-netcheck").stdout())
                        .replaceAll("\"(UPnP|PMP|PCP|CaptivePortal)\":false", "\"$1\":null");
        assertThat(run(measured(report)).stdout())
                .contains("\t* PortMapping: not checked\n")
                .doesNotContain("CaptivePortal");
    }

    @Test
    void anUnknownFormatIsRefused() throws Exception {
        assertSame(Capture.read("running/53-netcheck-bad-format"), "");
    }

    @Test
    void anotherDaemonCannotBeAsked() throws Exception {
        Ran ran = run(new AnsweringDaemon().recorded("running/50-netcheck"));
        assertThat(ran.stderr()).contains("not Remora's");
        assertThat(ran.exit()).isEqualTo(1);
    }

    @Test
    void aDaemonThatNeverLoggedInKnowsNoRelays() throws Exception {
        Ran ran = run(new AnsweringDaemon().recorded("needs-login/17-netcheck"));
        assertThat(ran.stderr()).startsWith("No DERP map");
        assertThat(ran.exit()).isEqualTo(1);
    }
}
