package dev.remora.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.server.model.Node;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Headscale 0.29.0 and we, with the same policies and nodes. Each list of deviations is exact: one that goes away, or that
/// comes, fails a test. The reasons are in `docs/findings.md`.
class CapturedPoliciesTest {
    /// Headscale leaves the policy as it is; with us, a policy without rules lets everybody reach everybody.
    private static final String EMPTY = "101-bad-empty-file";

    @Test
    void areAcceptedAndRefusedAsByHeadscale() throws Exception {
        List<String> different = new ArrayList<>();
        int accepted = 0;
        for (Capture capture : Capture.all()) {
            accepted += capture.accepted() ? 1 : 0;
            if (isAccepted(capture) != capture.accepted()) {
                different.add(capture.name());
            }
        }
        assertThat(different).isEmpty();
        assertThat(accepted).isEqualTo(87);
    }

    private static boolean isAccepted(Capture capture) {
        try {
            TestNodes.rules(capture.policy(), capture.nodes());
            return true;
        } catch (PolicyException e) {
            assertThat(e.problems()).isNotEmpty().allMatch(p -> p.line() > 0 && p.column() > 0);
            return false;
        }
    }

    @Test
    void approveTheSameRoutes() throws Exception {
        for (Capture capture : applied()) {
            for (Node node : nodes(capture)) {
                Set<String> approved = new HashSet<>();
                node.approvedRoutes().forEach(route -> approved.add(route.toString()));
                assertThat(approved)
                        .as(capture + ", " + node.name())
                        .isEqualTo(capture.approved(node));
            }
        }
    }

    @Test
    void showTheSamePeers() throws Exception {
        for (Capture capture : applied()) {
            List<Node> nodes = nodes(capture);
            AccessRules rules = TestNodes.rules(capture.policy(), nodes);
            for (Node node : nodes) {
                Set<String> seen = new TreeSet<>();
                nodes.stream()
                        .filter(peer -> rules.view(node.id()).sees(peer.id()))
                        .forEach(peer -> seen.add(capture.nameOf(peer)));
                Set<String> told = new TreeSet<>();
                peers(capture, node).forEach(p -> told.add(Capture.text(Capture.need(p, "name"))));
                assertThat(seen).as(capture + ", " + capture.nameOf(node)).isEqualTo(told);
                assertThat(rules.view(node.id()).visible()).hasSize(told.size());
            }
        }
    }

    @Test
    void makeTheSameFilters() throws Exception {
        Set<String> narrower = new TreeSet<>();
        for (Capture capture : applied()) {
            List<Node> nodes = nodes(capture);
            AccessRules rules = TestNodes.rules(capture.policy(), nodes);
            for (Node node : nodes) {
                HuJson told = Capture.need(capture.told(node), "PacketFilters", "base");
                Set<String> ours = FilterText.ours(rules.view(node.id()).filter());
                if (!ours.equals(FilterText.theirs(told, ip -> ip))) {
                    narrower.add(capture.name());
                }
                assertThat(ours)
                        .as(capture + ", " + capture.nameOf(node))
                        .isEqualTo(FilterText.theirs(told, ip -> own(ip, node)));
            }
        }
        assertThat(narrower)
                .containsExactly(
                        "009-group-to-group",
                        "039-autogroup-member-dst",
                        "040-autogroup-tagged-src",
                        "041-autogroup-tagged-dst");
    }

    /// Of a pair of neighbours' addresses, the node's own.
    private static String own(String ip, Node node) {
        return ip.matches("100\\.64\\.0\\.[0-9]+/31")
                ? node.addresses().ipv4().toString()
                : ip.endsWith("/127") ? node.addresses().ipv6().toString() : ip;
    }

    @Test
    void giveTheSameRoutesExceptThoseToTheInternetThatNobodyMayUse() throws Exception {
        Set<String> stricter = new TreeSet<>();
        for (Capture capture : applied()) {
            List<Node> nodes = nodes(capture);
            AccessRules rules = TestNodes.rules(capture.policy(), nodes);
            for (Node node : nodes) {
                for (HuJson told : peers(capture, node)) {
                    Node peer = named(capture, nodes, Capture.text(Capture.need(told, "name")));
                    Set<String> ours = routes(rules.view(node.id()), peer);
                    Set<String> theirs = routes(told, peer);
                    if (!ours.equals(theirs)) {
                        stricter.add(capture.name().substring(0, 3));
                        theirs.removeAll(Set.of("0.0.0.0/0", "::/0"));
                    }
                    assertThat(ours).as(capture + ", " + capture.nameOf(node)).isEqualTo(theirs);
                }
            }
        }
        assertThat(String.join(" ", stricter))
                .isEqualTo(
                        "005 007 009 013 014 015 016 017 018 019 020 021 022 024 034 035 038 039 041 042"
                                + " 044 046 047 055 056 058 061 063 064 065 070 072 119 129");
    }

    private static Set<String> routes(View view, Node peer) {
        Set<String> routes = new TreeSet<>();
        for (IpPrefix route : peer.approvedRoutes()) {
            if (view.mayUse(peer, route)) {
                routes.add(route.toString());
            }
        }
        return routes;
    }

    private static Set<String> routes(HuJson told, Node peer) throws MalformedException {
        Set<String> routes = new TreeSet<>(Capture.texts(Capture.find(told, "AllowedIPs")));
        peer.addresses().prefixes().forEach(own -> routes.remove(own.toString()));
        return routes;
    }

    @Test
    void addTheSameAttributes() throws Exception {
        Set<String> usual =
                Set.of(
                        "default-auto-update",
                        "https://tailscale.com/cap/file-sharing",
                        "https://tailscale.com/cap/is-admin",
                        "https://tailscale.com/cap/ssh");
        int seen = 0;
        for (Capture capture : applied()) {
            AccessRules rules = TestNodes.rules(capture.policy(), capture.nodes());
            for (Node node : capture.nodes()) {
                Set<String> told = new HashSet<>();
                if (Capture.find(capture.told(node), "self", "CapMap")
                        instanceof HuJson.Members(var at, var members)) {
                    members.forEach(member -> told.add(member.name()));
                    told.removeAll(usual);
                }
                seen += told.size();
                assertThat(rules.view(node.id()).attributes().keySet())
                        .as(capture + ", " + capture.nameOf(node))
                        .isEqualTo(told);
            }
        }
        assertThat(seen).isEqualTo(7);
    }

    private static List<Capture> applied() throws IOException, URISyntaxException, PolicyException {
        return Capture.all().stream()
                .filter(capture -> capture.accepted() && !capture.name().equals(EMPTY))
                .toList();
    }

    /// With the routes that were approved before, and those that the policy approves.
    private static List<Node> nodes(Capture capture) throws PolicyException {
        AccessRules rules = TestNodes.rules(capture.policy(), capture.nodes());
        List<Node> nodes = new ArrayList<>();
        for (Node node : capture.nodes()) {
            Set<IpPrefix> approved = new HashSet<>();
            for (IpPrefix route : node.report().announcedRoutes()) {
                if (capture.routesWereApproved() || rules.autoApproves(node, route)) {
                    approved.add(route);
                }
            }
            nodes.add(node.withApprovedRoutes(approved));
        }
        return nodes;
    }

    private static List<HuJson> peers(Capture capture, Node node) {
        return Capture.items(Capture.need(capture.told(node), "peers"));
    }

    private static Node named(Capture capture, List<Node> nodes, String name) {
        return nodes.stream().filter(n -> capture.nameOf(n).equals(name)).findFirst().orElseThrow();
    }
}
