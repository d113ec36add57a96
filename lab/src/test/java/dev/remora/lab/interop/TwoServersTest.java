package dev.remora.lab.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.Lab;
import dev.remora.lab.LabExtension;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.ControlServer;
import dev.remora.lab.peers.Headscale;
import dev.remora.lab.peers.HeadscaleOptions;
import dev.remora.lab.peers.RemoraControl;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// The same story on a tailnet of headscale's and on one of ours: after each step the same real client knows and shows the same, but for
/// what `docs/findings.md` explains.
@Tag("host")
@ExtendWith(LabExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TwoServersTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /// How we make an IPv6 address of an IPv4 one, and what headscale has there.
    private static final String OUR_IP6 = "fd7a:115c:a1e0:ab12:4843:cd96:6240:";

    private static final String THEIR_IP6 = "fd7a:115c:a1e0::";

    /// A capability without values may have `null` or an empty list; a reader may leave out what is `null`.
    private static final Pattern NO_VALUES = Pattern.compile(":\\s*null\\b");

    /// A relay and shared folders for everybody, so that each end finds the other.
    private static final String GRANTS =
            """
            {"tagOwners": {"tag:web": ["alice@"], "tag:db": ["alice@"]},
             "grants": [
               {"src": ["*"], "dst": ["*"], "ip": ["*"],
                "app": {"tailscale.com/cap/drive": [{"shares": ["*"], "access": "rw"}],
                        "example.com/cap/a&b": [{"<role>": "x/y"}]}},
               {"src": ["*"], "dst": ["alice@"], "app": {"tailscale.com/cap/relay": []}}]}
            """;

    private static Side theirs;
    private static Side ours;

    /// One tailnet: alice's node, which looks, and bob's, to which things happen.
    private record Side(
            ControlServer control,
            Function<String[], Result> commands,
            Tailscaled viewer,
            Tailscaled router) {
        /// Has the server do something with the router.
        void node(String verb, String argument) {
            String number = "--identifier=" + control.nodeId(router.host().name());
            commands.apply(new String[] {"nodes", verb, number, argument}).orThrow();
        }
    }

    @BeforeAll
    static void start(Lab lab) {
        Headscale headscale = lab.headscale();
        RemoraControl remora = RemoraControl.start(lab.host("own"), lab.authority());
        remora.policy(HeadscaleOptions.ALLOW_ALL);
        theirs = side(lab, "t", headscale, headscale::cli);
        ours = side(lab, "o", remora, remora::cli);
    }

    private static Side side(
            Lab lab, String mark, ControlServer control, Function<String[], Result> commands) {
        Tailscaled viewer = lab.tailscaled(lab.host(mark + "-viewer"), Tailscaled.Mode.USERSPACE);
        Tailscaled router = lab.tailscaled(lab.host(mark + "-router"), Tailscaled.Mode.USERSPACE);
        viewer.up(control, AuthKeyRequest.forUser("alice"));
        router.up(
                control,
                AuthKeyRequest.forUser("bob"),
                "--advertise-exit-node",
                "--advertise-routes=192.168.50.0/24,192.168.60.0/24");
        return new Side(control, commands, viewer, router);
    }

    /// @param shown what has to be in it: until it has come, both sides may agree on what was before
    private static void assertSameAfter(Consumer<Side> step, String... shown) {
        step.accept(theirs);
        step.accept(ours);
        try {
            Await.until(
                    "the same on both, with what is new",
                    SOON,
                    () -> {
                        List<String> now = view(ours);
                        return List.of(shown).stream().allMatch(String.join("\n", now)::contains)
                                && now.equals(view(theirs));
                    });
        } catch (LabException e) {
            assertThat(view(ours)).as(e.getMessage()).isEqualTo(view(theirs));
            assertThat(String.join("\n", view(ours))).as(e.getMessage()).contains(shown);
        }
    }

    /// What its viewer knows of others and may do, line by line.
    private static List<String> view(Side side) {
        Json status = side.viewer().status();
        List<String> lines = new ArrayList<>();
        status.at("Peer").each().forEach(peer -> lines.add(peer(status, peer)));
        lines.add("exit node " + status.at("ExitNodeStatus").at("ID").text());
        lines.add("tailnet " + status.at("MagicDNSSuffix").text());
        status.at("Health")
                .each()
                .map(Json::text)
                .filter(line -> line.contains("advertising routes"))
                .forEach(lines::add);
        status.at("Self").at("CapMap").names().stream()
                .filter(name -> !name.endsWith("/ssh"))
                .sorted()
                .forEach(lines::add);
        String netMap = side.viewer().cli("debug", "netmap").orThrow().stdout();
        Json map = Json.parse(NO_VALUES.matcher(netMap).replaceAll(":[]"));
        map.at("PacketFilterRules").each().map(TwoServersTest::rule).sorted().forEach(lines::add);
        lines.add("names " + map.at("DNS"));
        return lines.stream()
                .map(line ->
                        line.replace(OUR_IP6, THEIR_IP6)
                                .replace(side.router().host().name(), "router")
                                .replace(side.viewer().host().name(), "viewer"))
                .toList();
    }

    private static String peer(Json status, Json peer) {
        List<String> words = new ArrayList<>();
        words.add(peer.at("DNSName").text());
        words.add(status.at("User").at(peer.at("UserID").text()).at("LoginName").text());
        for (String list : List.of("TailscaleIPs", "AllowedIPs", "PrimaryRoutes", "Tags")) {
            words.add(peer.at(list).each().map(Json::text).sorted().toList().toString());
        }
        for (String flag : List.of("Online", "Expired", "ExitNode", "ExitNodeOption")) {
            words.add(flag + "=" + peer.at(flag).bool());
        }
        return String.join(" ", words);
    }

    /// Sources in any order.
    private static String rule(Json rule) {
        return rule.at("SrcIPs").each().map(Json::text).sorted().toList()
                + " "
                + rule.at("DstPorts")
                + " "
                + rule.at("CapGrant");
    }

    @Test
    @Order(1)
    void afterBothHaveJoined() {
        assertSameAfter(side -> {}, "router.lab.test. bob ", "Online=true");
    }

    @Test
    @Order(2)
    void afterRoutesAreApprovedAndTheExitNodeIsUsed() {
        assertSameAfter(
                side -> side.node("approve-routes", "--routes=192.168.50.0/24,0.0.0.0/0,::/0"),
                "[192.168.50.0/24]",
                "ExitNodeOption=true",
                "--accept-routes is false");
        assertSameAfter(
                side ->
                        side.viewer()
                                .cli(
                                        "set",
                                        "--exit-node=" + side.router().host().name(),
                                        "--accept-routes")
                                .orThrow(),
                "exit node 2");
    }

    @Test
    @Order(3)
    void afterGrantsWithCapabilities() {
        assertSameAfter(
                side -> side.control().policy(GRANTS),
                "cap/drive-sharer",
                "cap/relay-target",
                "example.com/cap/a&b");
    }

    @Test
    @Order(4)
    void afterTagsAndAnotherName() {
        assertSameAfter(side -> side.node("tag", "--tags=tag:web"), "tagged-devices");
        assertSameAfter(side -> side.node("rename", "gate"), "gate.lab.test.");
    }
}
