package dev.remora.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.lab.apps.Curl;
import dev.remora.lab.net.Host;
import dev.remora.lab.net.NatBox;
import dev.remora.lab.peers.AuthKeyRequest;
import dev.remora.lab.peers.RemoraControl;
import dev.remora.lab.peers.Tailscaled;
import dev.remora.lab.run.Await;
import dev.remora.lab.run.Json;
import dev.remora.lab.run.LabProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Real routers and exit nodes under our control server: `east` and `west` stand in a home with a printer, `south` in a
/// cabin with a lamp, `alpha` (alice's) and `beta` (bob's) are far away.
@Tag("host")
@ExtendWith(LabExtension.class)
class RemoraServerRoutesTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final String HOME = "192.168.1.0/24";

    /// For documentation (RFC 5737), so nobody's; here the home's box has it, and the gateway of all others does not know it.
    private static final String ELSEWHERE = "203.0.113.5";

    private static final String CABIN = "192.168.2.0/24";

    /// As site 7 has it among all that have the same addresses, and an IPv6 network (RFC 4193) of the home's own.
    private static final String HOME_BY_SITE = "fd7a:115c:a1e0:b1a:0:7:c0a8:100/120";

    private static final String HOME_V6 = "fd99:1::/64";

    private static final String WEB_PORT = "8000";
    private static final String POLICY =
            """
            {"tagOwners": {"tag:east": [], "tag:west": []},
             "autoApprovers": {"routes": {"192.168.0.0/16": ["tag:east", "tag:west"]}},
             "grants": [
               {"src": ["alice@", "bob@"], "dst": ["tag:east", "tag:west"], "ip": ["icmp:*"]},
               {"src": ["alice@"], "dst": ["192.168.1.0/24"], "ip": ["tcp:8000"], "via": ["tag:west"]},
               {"src": ["bob@"], "dst": ["192.168.1.0/24"], "ip": ["tcp:8000"], "via": ["tag:east"]}]}
            """;

    /// Each network has others who may announce it, and west may announce neither.
    private static final String APPROVING =
            """
            {"tagOwners": {"tag:east": [], "tag:west": []}, "groups": {"group:far": ["alice@"]},
             "autoApprovers": {
               "routes": {"192.168.1.0/24": ["tag:east"], "192.168.0.0/16": ["group:far"]},
               "exitNode": ["tag:west"]},
             "acls": [{"action": "accept", "src": ["alice@"], "dst": ["*:*"]}]}
            """;

    /// Who may use the Internet, and who only the node behind which it is.
    private static final String INTERNET =
            """
            {"tagOwners": {"tag:west": []},
             "acls": [{"action": "accept", "src": ["alice@"], "dst": ["autogroup:internet:8000"]},
                      {"action": "accept", "src": ["bob@"], "dst": ["tag:west:22"]}]}
            """;

    private static RemoraControl control;
    private static Tailscaled alpha;
    private static Tailscaled beta;
    private static Tailscaled east;
    private static Tailscaled west;
    private static Tailscaled south;
    private static Host printers;
    private static LabProcess printing;
    private static Host lamp;
    private static String printer;
    private static String elsewhere;

    @BeforeAll
    static void start(Lab lab) {
        control = RemoraControl.start(lab.host("ctl"), lab.authority());
        NatBox home = lab.nat("home", NatBox.Mapping.ENDPOINT_INDEPENDENT);
        home.asHost().run("ip", "addr", "add", ELSEWHERE + "/32", "dev", "lo").orThrow();
        web(home.asHost(), ELSEWHERE);
        elsewhere = url(ELSEWHERE);
        printers = home.host("printer");
        printers.run("ip", "addr", "add", "fd99:1::5/64", "dev", "eth0", "nodad").orThrow();
        printing = web(printers, "::");
        printer = url(printers.ip4());
        NatBox cabin = lab.nat("cabin", NatBox.Mapping.ENDPOINT_INDEPENDENT);
        lamp = cabin.host("lamp");
        web(lamp, lamp.ip4());
        alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.TUN);
        beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        alpha.up(control, AuthKeyRequest.forUser("alice"), "--accept-routes");
        beta.up(control, AuthKeyRequest.forUser("bob"), "--accept-routes");
        east = router(lab, home.host("east"), HOME);
        west = router(lab, home.host("west"), HOME, "--advertise-exit-node");
        south = router(lab, cabin.host("south"), CABIN);
    }

    /// A web server of the plainest kind, ended with the lab.
    private static LabProcess web(Host host, String address) {
        List<String> server =
                List.of("/usr/bin/python3", "-um", "http.server", "--bind", address, WEB_PORT);
        return host.start("web", Map.of(), server);
    }

    private static String url(String address) {
        return "http://" + address + ":" + WEB_PORT + "/";
    }

    private static Tailscaled router(Lab lab, Host host, String routes, String... flags) {
        for (String family : List.of("ipv4.ip_forward", "ipv6.conf.all.forwarding")) {
            host.run("sysctl", "-qw", "net." + family + "=1").orThrow();
        }
        Tailscaled router = lab.tailscaled(host, Tailscaled.Mode.TUN);
        router.up(control, AuthKeyRequest.forUser("alice"), "--advertise-routes=" + routes);
        if (flags.length > 0) {
            router.cli("set", flags[0]).orThrow();
        }
        return router;
    }

    @BeforeEach
    void nothingIsApproved() {
        control.policy("{}");
        approve("east", "");
        approve("west", "");
        approve("south", "");
        Await.until(
                "all routes to be gone", SOON, () -> routesOf("east", "west", "south").isEmpty());
    }

    private static void approve(String router, String routes) {
        control.change("approve-routes", router, "--routes=" + routes);
    }

    /// What alpha may send through these, besides to themselves.
    private static List<String> routesOf(String... routers) {
        return routes(alpha, routers);
    }

    private static List<String> routes(Tailscaled viewer, String... routers) {
        return List.of(routers).stream()
                .flatMap(name -> viewer.peer(name).stream())
                .flatMap(peer -> peer.at("AllowedIPs").each())
                .map(Json::text)
                .filter(prefix -> !prefix.endsWith("/32") && !prefix.endsWith("/128"))
                .toList();
    }

    private static List<String> served(String router) {
        return control.node(router)
                .orElseThrow()
                .at("subnet_routes")
                .each()
                .map(Json::text)
                .toList();
    }

    private static boolean answers(String url) {
        return answers(alpha.host(), url);
    }

    private static boolean answers(Host from, String url) {
        return new Curl(from).get(url, AT_ONCE, "--globoff").status() == 200;
    }

    /// By short tries: the first may have been sent before there was a way.
    private static void awaitAnswer(String url) {
        Await.until(url + " to answer", SOON, () -> answers(url));
    }

    /// The two houses have their routers as the way to each other, and nobody's address is translated.
    @Test
    void twoNetworksAreJoinedByTheirRoutersAndFilteredByThePolicy() {
        translateAddresses(false);
        printers.run("ip", "route", "add", CABIN, "via", east.host().ip4()).orThrow();
        lamp.run("ip", "route", "add", HOME, "via", south.host().ip4()).orThrow();
        try {
            joinAndFilter();
        } finally {
            translateAddresses(true);
        }
    }

    private static void translateAddresses(boolean so) {
        for (Tailscaled router : List.of(east, south)) {
            router.cli("set", "--accept-routes=" + !so, "--snat-subnet-routes=" + so).orThrow();
        }
    }

    private static void joinAndFilter() {
        String lampUrl = url(lamp.ip4());
        approve("east", HOME);
        approve("south", CABIN);
        Await.until("the lamp to reach the printer", SOON, () -> answers(lamp, printer));
        assertThat(printing.log()).as("who asked").contains(lamp.ip4());
        Await.until("the printer to reach the lamp", SOON, () -> answers(printers, lampUrl));

        control.policy(
                "{\"acls\": [{\"action\": \"accept\", \"src\": [\"%s\"], \"dst\": [\"%s:%s\"]}]}"
                        .formatted(CABIN, HOME, WEB_PORT));
        Await.until("one way to be shut", SOON, () -> !answers(printers, lampUrl));
        assertThat(routes(east, "south")).as("who may ask").containsExactly(CABIN);
        Await.until("the other to be open", SOON, () -> answers(lamp, printer));
    }

    @Test
    void ipv6RoutesAndIpv4OnesByTheirSiteLeadHomeToo() {
        east.host().run("ip", "addr", "add", "fd99:1::2/64", "dev", "eth0", "nodad").orThrow();
        printers.run("ip", "route", "add", "default", "via", "fd99:1::2").orThrow();
        east.cli("set", "--advertise-routes=" + String.join(",", HOME, HOME_V6, HOME_BY_SITE))
                .orThrow();
        approve("east", HOME_V6 + "," + HOME_BY_SITE);
        awaitAnswer(url("[fd99:1::5]"));
        String bySite = alpha.cli("debug", "via", "7", printers.ip4() + "/32").orThrow().stdout();
        awaitAnswer(url("[" + bySite.strip().replace("/128", "") + "]"));
        assertThat(answers(printer)).as("without its own route").isFalse();
        east.cli("set", "--advertise-routes=" + HOME).orThrow();
    }

    @Test
    void theNarrowerOfTwoRoutesCountsUntilItIsTakenBack() {
        String both = "192.168.0.0/16";
        south.cli("set", "--advertise-routes=" + CABIN + "," + both).orThrow();
        approve("south", both);
        approve("east", HOME);
        Await.until(
                "both to be told",
                SOON,
                () -> routesOf("east", "south").containsAll(List.of(HOME, both)));
        awaitAnswer(printer);
        awaitAnswer(url(lamp.ip4()));

        approve("east", "");
        Await.until("one to be left", SOON, () -> routesOf("east").isEmpty());
        assertThat(answers(printer)).as("it is not behind south").isFalse();
        awaitAnswer(url(lamp.ip4()));
        south.cli("set", "--advertise-routes=" + CABIN).orThrow();
    }

    @Test
    void anExitNodeIsSuggestedIfThePolicyWantsIt() {
        control.policy(
                "{\"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": [\"suggest-exit-node\"]}]}");
        approve("west", "0.0.0.0/0,::/0");
        Await.until(
                "west to be suggested",
                SOON,
                () -> alpha.cli("exit-node", "suggest").output().contains("west.lab.test"));
    }

    @Test
    void aRouteLeadsHomeOnceItIsApprovedAndUntilItIsTakenBack() {
        assertThat(answers(printer)).isFalse();
        approve("east", HOME);
        awaitAnswer(printer);
        assertThat(routesOf("east", "west")).containsExactly(HOME);

        approve("east", "");
        Await.until("the route to be gone", SOON, () -> routesOf("east").isEmpty());
        assertThat(answers(printer)).isFalse();
    }

    @Test
    void theOtherRouterTakesOverAndKeepsTheRoute() {
        approve("east", HOME);
        approve("west", HOME);
        awaitAnswer(printer);
        assertThat(routesOf("east")).containsExactly(HOME);
        east.stop();
        Await.until("west to take over", SOON, () -> routesOf("west").contains(HOME));
        awaitAnswer(printer);

        east.start();
        east.awaitRunning();
        Await.until(
                "east to be back",
                SOON,
                () -> alpha.peer("east").orElseThrow().at("Online").bool());
        assertThat(served("east")).isEmpty();
        assertThat(served("west")).containsExactly(HOME);
        awaitAnswer(printer);
    }

    @Test
    void anExitNodeIsUsedByWhoChoseIt() {
        approve("west", "0.0.0.0/0");
        assertThat(served("west")).as("half an exit is all of it").contains("::/0");
        Await.until(
                "west to be offered",
                SOON,
                () -> alpha.cli("exit-node", "list").output().contains("west.lab.test"));
        assertThat(answers(elsewhere)).isFalse();

        alpha.cli("set", "--exit-node=west").orThrow();
        awaitAnswer(elsewhere);
        assertThat(alpha.cli("status").orThrow().stdout()).containsPattern("west .*; exit node");
        alpha.cli("set", "--exit-node=").orThrow();
        assertThat(answers(elsewhere)).isFalse();
    }

    @Test
    void aTagIsEnoughForAPolicyThatApprovesAndSteers() {
        control.policy(POLICY);
        control.change("tag", "east", "--tags=tag:east");
        control.change("tag", "west", "--tags=tag:west");
        Await.until(
                "each to have a router of its own",
                SOON,
                () ->
                        routesOf("west").contains(HOME)
                                && routes(beta, "east").contains(HOME)
                                && routesOf("east").isEmpty()
                                && routes(beta, "west").isEmpty());
        awaitAnswer(printer);
        assertThat(alpha.cli("status").orThrow().stdout())
                .as("whose the routers are now")
                .containsPattern("west +tagged-devices");
    }

    @Test
    void severalNetworksAndAnExitNodeAreApprovedByThePolicyForWhomItNames() {
        control.policy(APPROVING);
        control.change("tag", "east", "--tags=tag:east");
        control.change("tag", "west", "--tags=tag:west");
        Await.until(
                "each to have its route",
                SOON,
                () -> routesOf("east").contains(HOME) && routesOf("south").contains(CABIN));
        awaitAnswer(printer);
        awaitAnswer(url(lamp.ip4()));
        assertThat(served("west")).containsExactlyInAnyOrder("0.0.0.0/0", "::/0");
        assertThat(alpha.cli("exit-node", "list").output()).contains("west.lab.test");
    }

    @Test
    void theInternetIsForWhoMayUseIt() {
        control.policy(INTERNET);
        control.change("tag", "west", "--tags=tag:west");
        approve("west", "0.0.0.0/0");
        Await.until(
                "west to be offered",
                SOON,
                () -> alpha.peer("west").filter(RemoraServerRoutesTest::isOffered).isPresent());
        Await.until("the other to see it, too", SOON, () -> beta.peer("west").isPresent());
        assertThat(isOffered(beta.peer("west").orElseThrow())).isFalse();

        alpha.cli("set", "--exit-node=west").orThrow();
        awaitAnswer(elsewhere);
        assertThat(answers(url(west.ip4()))).as("the node itself").isFalse();
        alpha.cli("set", "--exit-node=").orThrow();
    }

    private static boolean isOffered(Json peer) {
        return peer.at("ExitNodeOption").bool();
    }
}
