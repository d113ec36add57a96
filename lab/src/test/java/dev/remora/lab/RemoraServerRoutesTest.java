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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Real routers and exit nodes under our control server: `east` and `west` stand in a home with a printer, `alpha` (alice's)
/// and `beta` (bob's) are far away.
@Tag("host")
@ExtendWith(LabExtension.class)
class RemoraServerRoutesTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final String HOME = "192.168.1.0/24";

    /// For documentation (RFC 5737), so nobody's; here the home's box has it, and the gateway of all others does not know it.
    private static final String ELSEWHERE = "203.0.113.5";

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

    private static RemoraControl control;
    private static Tailscaled alpha;
    private static Tailscaled beta;
    private static Tailscaled east;
    private static Tailscaled west;
    private static String printer;
    private static String elsewhere;

    @BeforeAll
    static void start(Lab lab) {
        control = RemoraControl.start(lab.host("ctl"), lab.authority());
        NatBox home = lab.nat("home", NatBox.Mapping.ENDPOINT_INDEPENDENT);
        home.asHost().run("ip", "addr", "add", ELSEWHERE + "/32", "dev", "lo").orThrow();
        elsewhere = web(home.asHost(), ELSEWHERE);
        Host printers = home.host("printer");
        printer = web(printers, printers.ip4());
        alpha = lab.tailscaled(lab.host("alpha"), Tailscaled.Mode.TUN);
        beta = lab.tailscaled(lab.host("beta"), Tailscaled.Mode.USERSPACE);
        alpha.up(control, AuthKeyRequest.forUser("alice"), "--accept-routes");
        beta.up(control, AuthKeyRequest.forUser("bob"), "--accept-routes");
        east = router(lab, home.host("east"));
        west = router(lab, home.host("west"), "--advertise-exit-node");
    }

    /// A web server of the plainest kind, ended with the lab.
    private static String web(Host host, String address) {
        List<String> server =
                List.of("/usr/bin/python3", "-m", "http.server", "--bind", address, WEB_PORT);
        host.start("web", Map.of(), server);
        return "http://" + address + ":" + WEB_PORT + "/";
    }

    private static Tailscaled router(Lab lab, Host host, String... flags) {
        host.run("sysctl", "-qw", "net.ipv4.ip_forward=1").orThrow();
        Tailscaled router = lab.tailscaled(host, Tailscaled.Mode.TUN);
        router.up(control, AuthKeyRequest.forUser("alice"), "--advertise-routes=" + HOME);
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
        Await.until("all routes to be gone", SOON, () -> routesOf("east", "west").isEmpty());
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
        return new Curl(alpha.host()).get(url, AT_ONCE).status() == 200;
    }

    /// By short tries: the first may have been sent before there was a way.
    private static void awaitAnswer(String url) {
        Await.until(url + " to answer", SOON, () -> answers(url));
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
}
