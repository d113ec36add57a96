package dev.remora.server.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// 2,000 nodes: what is worked out anew is what a change changes. Counted, not timed.
class AccessRulesScaleTest {
    private static final int USERS = 500;
    private static final int NODES_OF_USER = 3;
    private static final int SERVERS = 500;
    private static final List<User> PEOPLE = new ArrayList<>();
    private static final List<Node> NODES = new ArrayList<>();

    @BeforeAll
    static void people() {
        for (int i = 1; i <= USERS; i++) {
            User user = TestNodes.user(i, "user" + i);
            PEOPLE.add(user);
            for (int n = 0; n < NODES_OF_USER; n++) {
                NODES.add(TestNodes.node(NODES.size() + 1, TestNodes.of(user)));
            }
        }
        for (int i = 0; i < SERVERS; i++) {
            NODES.add(TestNodes.node(NODES.size() + 1, TestNodes.tagged("tag:server")));
        }
    }

    /// Everybody's views are looked at after each change, as a server does.
    private static long compilationsOf(AccessRules rules, Set<Long> affected) {
        long before = rules.compilations();
        affected.forEach(rules::view);
        return rules.compilations() - before;
    }

    private static AccessRules rules(String policy) throws PolicyException {
        AccessRules rules = AccessRules.inForce(Policy.parse(policy), PEOPLE, NODES);
        NODES.forEach(node -> rules.view(node.id()));
        return rules;
    }

    @Test
    void withOneRuleForAllAJoinIsOneListMore() throws PolicyException {
        AccessRules rules = rules("");
        Set<Long> affected = rules.put(TestNodes.node(5000, TestNodes.of(PEOPLE.getFirst())));
        assertThat(affected).hasSize(2001);
        assertThat(compilationsOf(rules, affected)).isEqualTo(1);
        assertThat(rules.view(1).filter()).isSameAs(rules.view(2000).filter());
    }

    @Test
    void aUsersNewNodeConcernsThatUserAlone() throws PolicyException {
        AccessRules rules =
                rules(
                        "{'acls': [{'src': ['autogroup:member'], 'dst': ['autogroup:self:*']}]}"
                                .replace('\'', '"'));
        Set<Long> affected = rules.put(TestNodes.node(5000, TestNodes.of(PEOPLE.getFirst())));
        assertThat(affected).containsExactlyInAnyOrder(1L, 2L, 3L, 5000L);
        assertThat(compilationsOf(rules, affected)).isEqualTo(2);
    }

    @Test
    void aNewServerChangesNobodysFilter() throws PolicyException {
        AccessRules rules =
                rules(
                        """
                        {"tagOwners": {"tag:server": []},
                         "acls": [{"src": ["autogroup:member"], "dst": ["tag:server:443"]}]}
                        """);
        Set<Long> affected = rules.put(TestNodes.node(5000, TestNodes.tagged("tag:server")));
        assertThat(affected).hasSize(USERS * NODES_OF_USER + 1);
        assertThat(compilationsOf(rules, affected)).isEqualTo(1);
    }

    @Test
    void aNodeThatOnlyMovesChangesNothing() throws PolicyException {
        AccessRules rules = rules("");
        Node moved = NODES.get(7).withName(NODES.get(8).name());
        long before = rules.compilations();
        assertThat(rules.put(moved)).isEmpty();
        assertThat(rules.compilations()).isEqualTo(before);
    }

    @Test
    void startingWith2000NodesIsWorkForEachKindOnly() throws PolicyException {
        AccessRules rules =
                rules(
                        """
                        {"tagOwners": {"tag:server": []},
                         "acls": [{"src": ["user1@"], "dst": ["tag:server:443", "user2@:22"]}]}
                        """);
        // user1's nodes, user2's, others' and servers; one source
        assertThat(rules.compilations()).isLessThanOrEqualTo(4 + 4 + 1);
    }
}
