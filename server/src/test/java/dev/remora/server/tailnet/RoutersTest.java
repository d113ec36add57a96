package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpPrefix;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Subnets and exit nodes: sections 6.2 to 6.4 of the reference.
class RoutersTest extends InATailnet {
    private static final String LAN = "192.168.7.0/24";

    private TestClient router(String... routes) throws Exception {
        TestClient client = new TestClient(tailnet, "r");
        client.announce(routes);
        client.register(world.keyFor(alice).secret());
        client.report();
        return client;
    }

    private void approve(TestClient client, String... routes) throws Exception {
        Set<IpPrefix> approved = new HashSet<>();
        for (String route : routes) {
            approved.add(IpPrefix.parse(route));
        }
        tailnet.nodesAdmin().approveRoutes(client.node().id(), approved, TestTailnet.ADMIN);
    }

    private List<String> served(TestClient client) {
        return tailnet.servedRoutes(client.node().id()).stream().map(IpPrefix::toString).toList();
    }

    @Test
    void anIpv4SubnetUnderItsIpv6AddressIsARouteAndNothingElseOfThatRangeIs() throws Exception {
        String via = "fd7a:115c:a1e0:b1a:0:7:c0a8:700/120";
        TestClient client = router(via, "fd7a:115c:a1e0::/48");
        approve(client, via);
        assertThat(served(client)).containsExactly(via);
        for (String own : List.of("fd7a:115c:a1e0::/48", "fd7a:115c:a1e0:b1b::/64")) {
            assertThatThrownBy(() -> approve(client, own)).isInstanceOf(Refused.class);
        }
    }

    @Test
    void aRouteCountsWhenItIsAnnouncedAndApproved() throws Exception {
        TestClient client = router(LAN, "10.0.0.0/8");
        assertThat(served(client)).isEmpty();
        world.news();
        approve(client, LAN, "172.16.0.0/12");
        assertThat(served(client)).containsExactly(LAN);
        long id = client.node().id();
        assertThat(world.news()).contains(new Change.NodeChanged(id), new Change.SelfChanged(id));
        client.announce("172.16.0.0/12");
        client.report();
        assertThat(served(client)).containsExactly("172.16.0.0/12");
        client.announce(LAN);
        client.report();
        assertThat(served(client)).containsExactly(LAN);
        approve(client);
        assertThat(served(client)).isEmpty();
    }

    @Test
    void whatIsNotARouteIsNotServed() throws Exception {
        TestClient client = router("100.64.0.0/16", "192.168.7.1/24");
        assertThatThrownBy(() -> approve(client, "100.64.0.0/16")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> approve(client, "192.168.7.1/24")).isInstanceOf(Refused.class);
        assertThat(served(client)).isEmpty();
    }

    @Test
    void oneOfTwoIsPrimaryAndTheOtherTakesOver() throws Exception {
        TestClient first = router(LAN);
        TestClient second = router(LAN);
        approve(first, LAN);
        approve(second, LAN);
        Poll firstPoll = first.poll();
        Poll secondPoll = second.poll();
        assertThat(served(first)).containsExactly(LAN);
        assertThat(served(second)).isEmpty();
        firstPoll.close();
        world.news();
        world.pass(Duration.ofSeconds(11));
        assertThat(served(second)).containsExactly(LAN);
        assertThat(served(first)).isEmpty();
        assertThat(world.news())
                .contains(
                        new Change.NodeChanged(first.node().id()),
                        new Change.NodeChanged(second.node().id()));
        firstPoll = first.poll();
        assertThat(served(second)).as("no flap back").containsExactly(LAN);
        secondPoll.close();
        firstPoll.close();
        world.pass(Duration.ofSeconds(11));
        assertThat(served(first).size() + served(second).size())
                .as("all away: one keeps it")
                .isEqualTo(1);
    }

    @Test
    void aRouterThatExpiresOrIsDeletedLosesItsRoutes() throws Exception {
        TestClient first = router(LAN);
        TestClient second = router(LAN);
        approve(first, LAN);
        approve(second, LAN);
        first.poll();
        second.poll();
        tailnet.nodesAdmin()
                .expire(
                        first.node().id(),
                        world.timers.clock().instant().plusSeconds(60),
                        TestTailnet.ADMIN);
        world.pass(Duration.ofSeconds(60));
        assertThat(served(second)).containsExactly(LAN);
        tailnet.nodesAdmin().neverExpire(first.node().id(), TestTailnet.ADMIN);
        tailnet.nodesAdmin().delete(second.node().id(), TestTailnet.ADMIN);
        assertThat(served(first)).containsExactly(LAN);
    }

    @Test
    void exitNodesAreManyAndHalfAnApprovalIsAll() throws Exception {
        TestClient first = router("0.0.0.0/0", "::/0");
        TestClient second = router("0.0.0.0/0", "::/0");
        approve(first, "0.0.0.0/0");
        approve(second, "::/0");
        assertThat(served(first)).containsExactly("0.0.0.0/0", "::/0");
        assertThat(served(second)).containsExactly("0.0.0.0/0", "::/0");
    }

    @Test
    void thePolicyApprovesByItself() throws Exception {
        TestClient before = router(LAN);
        String policy =
                """
                {"tagOwners": {"tag:router": ["alice@"]},
                 "autoApprovers": {"routes": {"192.168.0.0/16": ["alice@"]}, "exitNode": ["tag:router"]}}
                """;
        world.news();
        tailnet.policy().set(policy, TestTailnet.ADMIN);
        assertThat(served(before)).containsExactly(LAN);
        assertThat(world.news()).contains(new Change.NodeChanged(before.node().id()));
        TestClient after = router("192.168.9.0/24", "10.0.0.0/8", "0.0.0.0/0", "::/0");
        assertThat(served(after)).containsExactly("192.168.9.0/24");
        tailnet.nodesAdmin()
                .tag(after.node().id(), new TreeSet<>(Set.of("tag:router")), TestTailnet.ADMIN);
        assertThat(served(after))
                .as("at once")
                .containsExactly("0.0.0.0/0", "192.168.9.0/24", "::/0");
        after.announce("::/0");
        after.report();
        assertThat(served(after)).containsExactly("::/0");
        tailnet.policy().set("", TestTailnet.ADMIN);
        assertThat(served(before)).as("it only adds").containsExactly(LAN);
        assertThat(tailnet.audit(20))
                .filteredOn(entry -> entry.what().endsWith(" by the policy"))
                .extracting(entry -> entry.actor() + ": " + entry.what())
                .containsExactly(
                        "server: node r-1 has the approved routes [0.0.0.0/0, 192.168.9.0/24, ::/0] by the policy",
                        "server: node r-1 has the approved routes [192.168.9.0/24] by the policy",
                        "server: node r has the approved routes [" + LAN + "] by the policy");
    }

    @Test
    void whatAPersonTookBackStaysSoUntilItIsAnnouncedAnew() throws Exception {
        tailnet.policy()
                .set(
                        "{\"autoApprovers\": {\"routes\": {\"192.168.0.0/16\": [\"alice@\"]}}}",
                        TestTailnet.ADMIN);
        TestClient client = router(LAN);
        assertThat(served(client)).containsExactly(LAN);

        approve(client);
        client.report();
        assertThat(served(client)).isEmpty();

        client.announce();
        client.report();
        client.announce(LAN);
        client.report();
        assertThat(served(client)).containsExactly(LAN);
    }

    @Test
    void routesAreServedAgainAfterARestart() throws Exception {
        TestClient client = router(LAN);
        approve(client, LAN);
        long id = client.node().id();
        world.restart();

        assertThat(world.tailnet().servedRoutes(id)).containsExactly(IpPrefix.parse(LAN));
    }
}
