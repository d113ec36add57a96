package dev.remora.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPrefix;
import dev.remora.proto.control.FilterRule;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rules that are kept up to date node by node are the rules that one would make anew.
class AccessRulesChangeTest {
    /// Has every kind of source and destination.
    static final String EVERYTHING =
            """
            {
              "groups": {"group:ops": ["user1@", "user2@"], "group:none": []},
              "hosts": {"lan": "10.1.0.0/16", "seven": "100.64.0.7"},
              "tagOwners": {"tag:web": ["group:ops"], "tag:db": ["tag:web"], "tag:router": []},
              "acls": [
                {"src": ["group:ops"], "dst": ["tag:web:80,443", "lan:22"]},
                {"src": ["*"], "proto": "udp", "dst": ["tag:db:53"]},
                {"src": ["autogroup:member"], "dst": ["autogroup:self:*", "autogroup:internet:*"]},
                {"src": ["user3@", "seven"], "dst": ["autogroup:tagged:*"]},
                {"src": ["lan"], "dst": ["user4@:8080", "10.2.0.0/16:*"]},
                {"src": ["autogroup:tagged", "100.64.0.0/28"], "dst": ["100.64.0.0/29:9"]},
                {"src": ["autogroup:danger-all"], "dst": ["user5@:25"]},
              ],
              "grants": [
                {"src": ["user1@"], "dst": ["10.3.0.0/16", "autogroup:internet"], "ip": ["tcp:*"], "via": ["tag:router"]},
                {"src": ["group:ops"], "dst": ["autogroup:member"], "app": {"tailscale.com/cap/drive": [{"shares": ["*"]}]}},
                {"src": ["tag:web"], "dst": ["lan", "tag:db"], "app": {"example.com/cap/x": [{}]}},
                {"src": ["user6@"], "dst": ["autogroup:self"], "app": {"tailscale.com/cap/relay": []}},
              ],
              "nodeAttrs": [{"target": ["user1@", "tag:db"], "attr": ["one"]}, {"target": ["lan", "seven"], "attr": ["two"]}],
            }
            """;

    private static final String[] ROUTES = {
        "10.1.0.0/16", "10.1.7.0/24", "10.2.0.0/15", "10.3.0.0/16", "192.168.0.0/24"
    };
    private static final String[] EXIT = {"0.0.0.0/0", "::/0"};
    private static final List<User> USERS = users();

    private final Map<Long, Node> nodes = new TreeMap<>();

    private record Seen(Set<Long> visible, List<FilterRule> filter, Set<String> attributes) {
        static Seen of(View view) {
            return new Seen(Set.copyOf(view.visible()), view.filter(), view.attributes().keySet());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void endWhereAFreshStartWould(long seed) throws PolicyException {
        Random random = new Random(seed);
        Policy policy = Policy.parse(EVERYTHING);
        AccessRules rules = AccessRules.inForce(policy, USERS, List.of());
        for (int step = 0; step < 250; step++) {
            Map<Long, Seen> before = seen(rules);
            long id = 1 + random.nextInt(24);
            Set<Long> affected = new HashSet<>(change(rules, id, random));
            Map<Long, Seen> after = seen(rules);
            affected.remove(id);
            assertThat(affected).as("step " + step).isEqualTo(different(before, after, id));
            if (step % 5 == 0) {
                AccessRules fresh = AccessRules.inForce(policy, USERS, nodes.values());
                assertThat(after).as("step " + step).isEqualTo(seen(fresh));
                assertThat(usable(rules)).isEqualTo(usable(fresh));
            }
        }
    }

    private Set<Long> change(AccessRules rules, long id, Random random) {
        if (random.nextInt(4) == 0) {
            nodes.remove(id);
            return rules.remove(id);
        }
        Node node = TestNodes.node(id, owner(random));
        if (random.nextInt(3) == 0) {
            node = TestNodes.router(node, ROUTES[random.nextInt(ROUTES.length)]);
        } else if (random.nextInt(5) == 0) {
            node = TestNodes.router(node, EXIT);
        }
        nodes.put(id, node);
        return rules.put(node);
    }

    private static Owner owner(Random random) {
        String[] tags = {"tag:web", "tag:db", "tag:router"};
        return random.nextBoolean()
                ? TestNodes.of(USERS.get(random.nextInt(USERS.size())))
                : random.nextBoolean()
                        ? TestNodes.tagged(tags[random.nextInt(3)])
                        : TestNodes.tagged(tags[random.nextInt(3)], tags[random.nextInt(3)]);
    }

    private Map<Long, Seen> seen(AccessRules rules) {
        Map<Long, Seen> seen = new HashMap<>();
        nodes.keySet().forEach(id -> seen.put(id, Seen.of(rules.view(id))));
        return seen;
    }

    private static Set<Long> different(Map<Long, Seen> before, Map<Long, Seen> after, long except) {
        Set<Long> ids = new HashSet<>();
        after.forEach((id, seen) -> {
            if (id != except && !seen.equals(before.get(id))) {
                ids.add(id);
            }
        });
        return ids;
    }

    private List<String> usable(AccessRules rules) {
        List<String> usable = new ArrayList<>();
        for (Node viewer : nodes.values()) {
            View view = rules.view(viewer.id());
            for (Node router : nodes.values()) {
                for (IpPrefix route : router.approvedRoutes()) {
                    if (view.mayUse(router, route)) {
                        usable.add(
                                viewer.id() + " " + router.id() + " " + view.steers(router, route));
                    }
                }
            }
        }
        return usable;
    }

    private static List<User> users() {
        List<User> users = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            users.add(TestNodes.user(i, "user" + i));
        }
        return users;
    }
}
