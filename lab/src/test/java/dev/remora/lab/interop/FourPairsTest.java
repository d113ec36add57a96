package dev.remora.lab.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.Programs;
import dev.remora.lab.peers.RemoraDaemon;
import dev.remora.lab.peers.TailnetDaemon;
import dev.remora.lab.peers.Tailscaled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Both command lines on both daemons. Each of the four pairs goes through the script `four-pairs.txt`; what the real
/// command line says on the real daemon is what the other three have to say, to the letter but for each [Deviation].
@Tag("host")
@ExtendWith(LabExtension.class)
class FourPairsTest {
    private static final String REAL = "tailscale on tailscaled";

    /// Neither of the two nodes sees the other: what one of them does must not change what the other one's commands say.
    private static final String POLICY =
            """
            {"tagOwners": {"tag:db": ["alice@"]},
             "acls": [{"action": "accept", "src": ["anna@", "bert@"], "dst": ["tag:db:*"]},
                      {"action": "accept", "src": ["tag:db"], "dst": ["anna@:*", "bert@:*"]}]}
            """;

    private static final List<String> SCRIPT = script();
    private static final Map<String, Pair> PAIRS = new ConcurrentHashMap<>();
    private static final Map<String, List<String>> SAID = new ConcurrentHashMap<>();

    /// The lines of the script, each behind its title.
    private static List<String> script() {
        List<String> steps = new ArrayList<>();
        String title = "";
        try (InputStream script = FourPairsTest.class.getResourceAsStream("/four-pairs.txt")) {
            for (String line : new String(script.readAllBytes(), UTF_8).lines().toList()) {
                if (line.startsWith("= ")) {
                    title = line.substring(2);
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    steps.add(title + " / " + line);
                }
            }
            return List.copyOf(steps);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeAll
    static void goThroughTheScript(Lab lab) {
        Headscale headscale = lab.headscale(HeadscaleOptions.atOnce().withPolicy(POLICY));
        headscale.cli("users", "create", "anna").orThrow();
        headscale.cli("users", "create", "bert").orThrow();
        Tailscaled real = lab.tailscaled(lab.host("pair-one"), Tailscaled.Mode.USERSPACE);
        RemoraDaemon ours = lab.remora(lab.host("pair-two"));
        Tailscaled peer = lab.tailscaled(lab.host("peer"), Tailscaled.Mode.USERSPACE);
        String key = headscale.authKey(AuthKeyRequest.forUser("alice").tagged("tag:db"));
        peer.up(headscale, key, new String[0]);
        Deque<TailnetDaemon> moreReal = new ArrayDeque<>();
        Deque<TailnetDaemon> moreOfOurs = new ArrayDeque<>();
        for (int i = 1; i <= 2; i++) {
            moreReal.add(lab.tailscaled(lab.host("real-" + i), Tailscaled.Mode.USERSPACE));
            moreOfOurs.add(lab.remora(lab.host("ours-" + i)));
        }
        CompletableFuture.allOf(
                        CompletableFuture.runAsync(
                                () -> bothOn(real, moreReal, peer, headscale, "anna")),
                        CompletableFuture.runAsync(
                                () -> bothOn(ours, moreOfOurs, peer, headscale, "bert")))
                .join();
    }

    /// @param fresh a daemon for each command line that did nothing before
    private static void bothOn(
            TailnetDaemon daemon,
            Deque<TailnetDaemon> fresh,
            TailnetDaemon peer,
            Headscale headscale,
            String user) {
        for (String program : List.of(Programs.peer("tailscale"), Programs.remora())) {
            Pair pair = new Pair(program, daemon, peer, headscale, user);
            Pair afresh = new Pair(program, fresh.remove(), peer, headscale, user);
            PAIRS.put(pair.toString(), pair);
            List<String> said = new ArrayList<>();
            for (String step : SCRIPT) {
                String line = step.substring(step.indexOf(" / ") + 3);
                said.add((line.startsWith(Pair.AFRESH) ? afresh : pair).run(line));
            }
            SAID.put(pair.toString(), said);
        }
    }

    static Stream<Arguments> turns() {
        return PAIRS.keySet().stream()
                .filter(pair -> !pair.equals(REAL))
                .sorted()
                .flatMap(pair ->
                        IntStream.range(0, SCRIPT.size())
                                .mapToObj(i -> Arguments.of(i, SCRIPT.get(i), pair)));
    }

    @ParameterizedTest(name = "{1} ({2})")
    @MethodSource("turns")
    void saysWhatTheRealOnesSay(int index, String step, String pair) {
        String expected = SAID.get(REAL).get(index);
        String said = SAID.get(pair).get(index);
        for (Deviation deviation : Deviation.ALL) {
            if (deviation.concerns(PAIRS.get(pair), step)) {
                expected = deviation.expected(expected);
                said = deviation.compared(said);
            }
        }
        assertThat(said).isEqualTo(expected);
    }

    @Test
    void everyDeviationIsExplained() throws IOException {
        String findings = Files.readString(Programs.repository().resolve("docs/findings.md"));
        assertThat(Deviation.ALL)
                .allSatisfy(deviation -> assertThat(findings).contains(deviation.reason()));
    }

    /// Or else it could hide the next mistake.
    @Test
    void noDeviationIsKeptWithoutNeed() {
        for (Deviation deviation : Deviation.ALL) {
            if (deviation.ours().isPresent()) {
                assertThat(IntStream.range(0, SCRIPT.size()))
                        .as(deviation.reason())
                        .anyMatch(i -> changesWhatTheRealOnesSay(deviation, i));
            }
        }
    }

    private static boolean changesWhatTheRealOnesSay(Deviation deviation, int index) {
        String said = SAID.get(REAL).get(index);
        return deviation.steps().matcher(SCRIPT.get(index)).matches()
                && !deviation.expected(said).equals(said);
    }
}
