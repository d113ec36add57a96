package dev.remora.lab.story;

import static java.util.concurrent.CompletableFuture.runAsync;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.crypto.MachineKey;
import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.crowd.InnerLink.Answer;
import dev.remora.lab.crowd.LoopbackControl;
import dev.remora.lab.crowd.LoopbackHeadscale;
import dev.remora.lab.crowd.LoopbackRemora;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.LabException;
import dev.remora.lab.story.RawNode.Identity;
import dev.remora.server.story.Differences;
import dev.remora.server.story.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// A real headscale and our server are told the same, word by word, by nodes with the same keys. Their answers are the same, and so is what
/// each node knows after each step, but for what [Differences] and `docs/findings.md` explain.
@Tag("host")
@ExtendWith(LabExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoServersRawTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static final String RELAYS =
            """
            {"Regions": {"900": {"RegionID": 900, "RegionCode": "none", "RegionName": "none",
              "Nodes": [{"Name": "none", "RegionID": 900, "HostName": "relay.invalid"}]}}}
            """;

    private static final String OPEN =
            """
            {"tagOwners": {"tag:web": ["alice@"]},
             "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}
            """;

    private static final Differences DIFFERENCES =
            new Differences("lab.test")
                    .except("/DERPMap/omitDefaultRegions")
                    // headscale tells a node of its own routes and attributes with the next
                    // occasion, we at once
                    .except(
                            "/Node/(AllowedIPs|PrimaryRoutes)",
                            "an approved route",
                            "an approved exit node")
                    .except("/Node/CapMap.*", "one port");

    private static final String WRONG_KEY = "hskey-auth-" + "0".repeat(12) + "-" + "4".repeat(64);

    private static final Identity ALPHA = Identity.from("127.2.0.1");
    private static final Identity BETA = Identity.from("127.2.0.2");
    private static final Identity GAMMA = Identity.from("127.2.0.3");
    private static final Identity STRANGER = Identity.from("127.2.0.4");

    private static Path records;
    private static Side theirs;
    private static Side ours;

    /// One server, and those who speak with it.
    private record Side(LoopbackControl control, MachineKey key, Map<Identity, RawNode> nodes) {
        static Side of(LoopbackControl control) {
            control.policy(OPEN);
            return new Side(control, control.key(), new LinkedHashMap<>());
        }

        RawNode node(Identity who) {
            return nodes.computeIfAbsent(who, one -> new RawNode(one, control, key));
        }

        /// @param number of the node: who joins first is 1
        void change(String verb, int number, String... more) {
            List<String> words = new ArrayList<>(List.of("nodes", verb, "--identifier=" + number));
            words.addAll(List.of(more));
            control.cli(words.toArray(String[]::new)).orThrow();
        }

        String byKey(String user) {
            return ", \"Auth\": {\"AuthKey\": \"" + control.authKey(user) + "\"}";
        }
    }

    @BeforeAll
    static void start(Lab lab) throws IOException {
        Path relays = Files.writeString(lab.folder().resolve("relays.json"), RELAYS);
        theirs = Side.of(LoopbackHeadscale.start(lab));
        records = lab.folder().resolve("loopback-records.json");
        ours =
                Side.of(
                        LoopbackRemora.start(
                                lab,
                                lab.folder().resolve("loopback-remora"),
                                "--base-domain=lab.test",
                                "--derp-map=" + relays,
                                "--extra-records=" + records));
    }

    @AfterAll
    static void hangUp() {
        for (Side side : List.of(theirs, ours)) {
            side.nodes().values().forEach(RawNode::close);
        }
    }

    private static void assertSameAnswers(String situation, Function<Side, Answer> question) {
        CompletableFuture<Answer> asked = supplyAsync(() -> question.apply(theirs));
        Answer got = question.apply(ours);
        Answer wanted = asked.join();
        assertThat(got.status()).as(wanted + " and " + got).isEqualTo(wanted.status());
        if (wanted.body().startsWith("{")) {
            assertThat(
                            DIFFERENCES.ofAnswers(
                                    situation, Json.parse(wanted.body()), Json.parse(got.body())))
                    .isEmpty();
        } else {
            assertThat(got.body()).isEqualTo(wanted.body());
        }
    }

    /// @param shown what has to be told on both: until then both may agree on what was before
    private static void assertSameAfter(String situation, Consumer<Side> step, String... shown) {
        CompletableFuture<Void> other = runAsync(() -> step.accept(theirs));
        step.accept(ours);
        other.join();
        try {
            Await.until(
                    "the same on both, with what is new",
                    SOON,
                    () ->
                            Stream.of(theirs, ours).allMatch(side -> knows(side, shown))
                                    && differences(situation).isEmpty());
        } catch (LabException e) {
            assertThat(differences(situation)).as(e.getMessage()).isEmpty();
            assertThat(known(ours)).as(e.getMessage()).contains(shown);
            assertThat(known(theirs)).as(e.getMessage()).contains(shown);
        }
    }

    private static boolean knows(Side side, String... shown) {
        String all = known(side);
        return Arrays.stream(shown).allMatch(all::contains);
    }

    private static String known(Side side) {
        StringBuilder all = new StringBuilder();
        side.nodes().values().stream()
                .flatMap(node -> node.told().stream())
                .forEach(stream -> all.append(stream.known()).append('\n'));
        return all.toString();
    }

    private static List<String> differences(String situation) {
        List<String> found = new ArrayList<>();
        theirs.nodes()
                .forEach((who, node) ->
                        node.told()
                                .ifPresent(wanted -> {
                                    MapStream got = ours.node(who).told().orElseThrow();
                                    DIFFERENCES
                                            .ofMaps(situation, wanted.known(), got.known())
                                            .forEach(line -> found.add(who.from() + line));
                                }));
        return found;
    }

    @Test
    @Order(1)
    void whoIsRefused() {
        assertSameAnswers(
                "a wrong key",
                side ->
                        side.node(STRANGER)
                                .is("stranger", "")
                                .register(", \"Auth\": {\"AuthKey\": \"" + WRONG_KEY + "\"}"));
        assertSameAnswers("a stranger's report", side -> side.node(STRANGER).report());
    }

    @Test
    @Order(2)
    void aNodeAlone() {
        assertSameAnswers(
                "alpha", side -> side.node(ALPHA).is("alpha", "").register(side.byKey("alice")));
        assertSameAfter("a node alone", side -> side.node(ALPHA).poll(), "alpha.lab.test.");
        assertThat(first(ours)).containsExactlyElementsOf(first(theirs));
    }

    /// The members of the first message; one has another name for clients of before 2024.
    private static Set<String> first(Side side) {
        Set<String> names =
                new TreeSet<>(side.node(ALPHA).told().orElseThrow().messages().getFirst().keySet());
        names.removeAll(Set.of("SSHPolicy", "Debug", "CollectServices"));
        return names;
    }

    @Test
    @Order(3)
    void aSecondNodeOfAnotherUserWithAnOddName() {
        assertSameAnswers(
                "beta", side -> side.node(BETA).is("Bob's PC", "").register(side.byKey("bob")));
        assertSameAfter("a second node", side -> side.node(BETA).poll(), "bobs-pc.lab.test.");
    }

    @Test
    @Order(4)
    void aThirdThatAPersonLetsIn() {
        Map<String, String> pages = new ConcurrentHashMap<>();
        assertSameAnswers(
                "gamma asks",
                side -> {
                    Answer answer = side.node(GAMMA).is("gamma", "").register("");
                    pages.put(
                            side.control().label(),
                            answer.body().replaceAll("(?s).*\"AuthURL\":\"([^\"]+)\".*", "$1"));
                    return answer;
                });
        assertSameAnswers(
                "gamma",
                side -> {
                    String page = pages.get(side.control().label());
                    String id = page.substring(page.lastIndexOf('/') + 1);
                    side.control()
                            .cli("auth", "register", "--auth-id", id, "--user", "bob")
                            .orThrow();
                    return side.node(GAMMA).register(", \"Followup\": \"" + page + "\"");
                });
        assertSameAfter("a third node", side -> side.node(GAMMA).poll(), "gamma.lab.test.");
    }

    @Test
    @Order(5)
    void whatANodeReports() {
        assertSameAfter(
                "other endpoints", side -> side.node(BETA).at(41_642).report(), "192.0.2.1:41642");
        assertSameAfter(
                "services and a home relay",
                side ->
                        side.node(BETA)
                                .is(
                                        "Bob's PC",
                                        """
                                        , "Services": [{"Proto": "peerapi4", "Port": 4000}, {"Proto": "tcp", "Port": 22}],
                                        "NetInfo": {"PreferredDERP": 900, "WorkingUDP": true}
                                        """)
                                .report(),
                "HomeDERP=900",
                "4000");
        assertSameAfter(
                "another host name",
                side -> side.node(GAMMA).is("Gamma_Ray 7", "").report(),
                "gamma-ray-7.lab.test.");
    }

    @Test
    @Order(6)
    void anotherName() {
        assertSameAfter(
                "another name",
                side -> side.control().cli("nodes", "rename", "gate", "--identifier=2").orThrow(),
                "gate.lab.test.");
    }

    @Test
    @Order(7)
    void routes() {
        assertSameAfter(
                "routes that wait",
                side ->
                        side.node(BETA)
                                .is(
                                        "Bob's PC",
                                        ", \"RoutableIPs\": [\"192.168.7.0/24\", \"0.0.0.0/0\", \"::/0\"]")
                                .report(),
                "RoutableIPs");
        assertSameAfter(
                "an approved route",
                side -> side.change("approve-routes", 2, "--routes=192.168.7.0/24"),
                "PrimaryRoutes=[\"192.168.7.0/24\"]");
        assertSameAfter(
                "an approved exit node",
                side -> side.change("approve-routes", 2, "--routes=192.168.7.0/24,0.0.0.0/0,::/0"),
                "\"::/0\"");
        assertSameAfter("no route", side -> side.change("approve-routes", 2, "--routes="));
    }

    @Test
    @Order(8)
    void tags() {
        assertSameAfter("a tag", side -> side.change("tag", 2, "--tags=tag:web"), "\"tag:web\"");
    }

    @Test
    @Order(9)
    void policies() {
        assertSameAfter(
                "one port",
                side ->
                        side.control()
                                .policy(
                                        """
                                        {"tagOwners": {"tag:web": ["alice@"]}, "groups": {"group:g": ["alice@", "bob@"]},
                                         "hosts": {"far": "192.0.2.7/32"},
                                         "nodeAttrs": [{"target": ["tag:web"], "attr": ["randomize-client-port"]}],
                                         "grants": [
                                           {"src": ["group:g"], "dst": ["tag:web"], "ip": ["tcp:80-90", "udp:53"]},
                                           {"src": ["alice@"], "dst": ["tag:web"], "app": {"example.com/cap": [{"a": [1, 2.50]}]}},
                                           {"src": ["autogroup:member"], "dst": ["autogroup:self"], "ip": ["22"]}]}
                                        """),
                "randomize-client-port");
        assertSameAfter("everything open again", side -> side.control().policy(OPEN));
    }

    @Test
    @Order(10)
    void names() throws IOException {
        Files.writeString(
                records,
                "[{\"name\": \"extra.lab.test\", \"type\": \"A\", \"value\": \"100.64.0.98\"}]");
        assertSameAfter("one more name", side -> {}, "extra.lab.test");
    }

    @Test
    @Order(11)
    void anEndedKeyAndANewOne() {
        assertSameAfter("an ended key", side -> side.change("expire", 3), "Expired=true");
        assertSameAnswers("a member whose key has ended", side -> side.node(GAMMA).register(""));
        assertSameAnswers("gamma again", side -> side.node(GAMMA).renew(side.byKey("bob")));
        assertSameAfter("a new key", side -> side.node(GAMMA).poll(), GAMMA.second().text());
    }

    @Test
    @Order(12)
    void whoLogsOutAndWhoIsDeleted() {
        assertSameAnswers("gamma logs out", side -> side.node(GAMMA).logOut());
        assertSameAfter("a node that logged out", side -> {}, "Expired=true");
        assertSameAfter("a deleted node", side -> side.change("delete", 3, "--force"));
    }

    @Test
    @Order(13)
    void nothingIsExcusedThatIsTheSame() {
        assertThat(DIFFERENCES.needless()).isEmpty();
    }
}
