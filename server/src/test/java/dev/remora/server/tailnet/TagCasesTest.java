package dev.remora.server.tailnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.RegisterResponse;
import dev.remora.server.model.Node;
import dev.remora.server.model.Owner;
import dev.remora.server.model.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whose tags win: the key's, the client's, the owner's or the administrator's, at the first login and at later ones.
///
/// `tag:own` and `tag:more` are alice's to give, `tag:other` is bob's, and `tag:none` is in no policy.
class TagCasesTest extends InATailnet {
    private static final String POLICY =
            """
            {"tagOwners": {"tag:own": ["alice@"], "tag:more": ["alice@"], "tag:other": ["bob@"]},
             "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}
            """;

    private final Map<String, AuthKey> keys = new HashMap<>();
    private TestClient client;

    @BeforeEach
    void open() throws Exception {
        tailnet.policy().set(POLICY, TestTailnet.ADMIN);
        client = new TestClient(tailnet, "web");
    }

    /// What happens, in words: `key` and `login` register, the first with an auth key, the second by a person; what follows them with a
    /// `?` is asked for by the client; `admin` tags the node; `again` is the same as before with another node key; `restart` is the same
    /// with the same node key. Behind the arrow is the node's owner in the end; `refused` before it says that the last step is.
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '>',
            textBlock =
                    """
                    key own                                            > own
                    key own ?own                                       > own
                    key own,more ?more                                 > more own
                    key own ?more                                      > refused
                    key own ?none                                      > refused
                    key own ?other                                     > refused
                    key own; key own ?own,more                         > own
                    key own; again own ?more                           > own
                    key own; admin more; again own                     > more
                    key own; admin own,more; again own ?own            > more own
                    key own; admin more; restart own                   > more
                    key own; again more                                > own
                    key alice                                          > alice
                    key alice ?own                                     > refused
                    key alice ?none                                    > refused
                    key alice ?other                                   > refused
                    key alice; again alice ?own                        > alice
                    key alice; admin own; restart alice                > own
                    key alice; admin own; restart alice ?own           > own
                    key alice; admin own,more; restart alice ?own      > more own
                    key alice; admin own; again own                    > own
                    key alice; again own                               > own
                    key own; again alice                               > alice
                    login alice ?own                                   > own
                    login alice ?own,more                              > more own
                    login alice ?none                                  > refused
                    login alice ?other                                 > refused
                    login alice ?own,other                             > refused
                    login bob ?other                                   > other
                    login bob ?own                                     > refused
                    login alice ?own; relogin alice ?own,more          > more own
                    login alice ?own,more; relogin alice ?own          > own
                    login alice ?own; relogin alice                    > alice
                    login alice ?own; admin more; restart ?own         > more
                    login alice ?own; admin own,more; restart ?own     > more own
                    login alice ?own; admin more; relogin alice ?own   > own
                    login alice; relogin alice ?own                    > own
                    login alice; relogin bob ?own                      > refused
                    key own; relogin alice                             > alice
                    key own; relogin bob                               > bob
                    key alice; admin other                             > other
                    key alice; admin own; admin more                   > more
                    key alice; admin own; again bob                    > bob
                    """)
    void theTagsOfTheLastWhoMaySay(String steps, String owner) throws Exception {
        boolean refused = false;
        for (String step : steps.split("; *")) {
            refused = !perform(step.strip());
        }

        if (owner.strip().equals("refused")) {
            assertThat(refused).isTrue();
            assertThat(tailnet.nodes()).allMatch(node -> node.owner() instanceof Owner.Person);
        } else {
            assertThat(tailnet.nodes()).hasSize(1);
            assertThat(owner(tailnet.nodes().iterator().next())).isEqualTo(owner.strip());
        }
    }

    /// @return whether it was taken
    private boolean perform(String step) throws Exception {
        String[] words = step.split("\\?", -1);
        String[] what = words[0].strip().split(" ");
        if (!what[0].equals("admin")) {
            client.requestTags = words.length > 1 ? tags(words[1]) : List.of();
        }
        return switch (what[0]) {
            case "key", "restart" ->
                    isIn(what.length > 1 ? client.register(key(what[1])) : client.register());
            case "again" -> {
                client.newNodeKey();
                yield isIn(client.register(key(what[1])));
            }
            case "relogin" -> {
                client.newNodeKey();
                yield login(what[1]);
            }
            case "login" -> login(what[1]);
            default -> {
                tailnet.nodesAdmin()
                        .tag(client.node().id(), Set.copyOf(tags(what[1])), TestTailnet.ADMIN);
                yield true;
            }
        };
    }

    private static boolean isIn(RegisterResponse answer) {
        assertThat(answer.error())
                .satisfiesAnyOf(
                        error -> assertThat(error).isEmpty(),
                        error -> assertThat(error).startsWith("requested tags ["));
        return answer.error().isEmpty();
    }

    private boolean login(String user) throws Exception {
        String url = client.register().authUrl();
        String id = url.substring(url.lastIndexOf('/') + 1);
        try {
            tailnet.logins().approve(id, user(user).id(), TestTailnet.ADMIN);
            return true;
        } catch (Refused e) {
            assertThat(e.sentence()).startsWith("requested tags [").endsWith("not permitted");
            return false;
        }
    }

    /// The key of a user or with tags, the same each time.
    private AuthKey key(String of) throws Refused {
        AuthKey key = keys.get(of);
        if (key == null) {
            KeyWish wish =
                    of.equals("alice") || of.equals("bob")
                            ? KeyWish.of(user(of))
                            : KeyWish.of(tags(of).toArray(String[]::new));
            key = tailnet.authKeys().create(wish.reusable().build(), TestTailnet.ADMIN).secret();
            keys.put(of, key);
        }
        return key;
    }

    private User user(String name) {
        return name.equals("alice") ? alice : bob;
    }

    private static List<String> tags(String words) {
        List<String> tags = new ArrayList<>();
        for (String word : words.strip().split(",")) {
            tags.add("tag:" + word);
        }
        return tags;
    }

    private String owner(Node node) {
        return switch (node.owner()) {
            case Owner.Person(long id) -> id == alice.id() ? "alice" : "bob";
            case Owner.Tagged(var tags) -> String.join(" ", tags).replace("tag:", "");
        };
    }

    @Test
    void anAdministratorGivesOnlyTagsThatThePolicyHasAndNeverNone() throws Exception {
        client.register(key("own"));
        long id = client.node().id();

        for (Set<String> wrong :
                List.of(
                        Set.of("tag:none"),
                        Set.of("own"),
                        Set.of("tag:own", "tag:none"),
                        Set.<String>of())) {
            assertThatThrownBy(() -> tailnet.nodesAdmin().tag(id, wrong, TestTailnet.ADMIN))
                    .isInstanceOf(Refused.class);
        }
        assertThat(owner(client.node())).isEqualTo("own");
    }

    @Test
    void aPolicyThatTakesATagAwayLeavesNodesTheirsAndLetsNobodyHaveItAnew() throws Exception {
        client.requestTags = List.of("tag:own");
        assertThat(login("alice")).isTrue();

        tailnet.policy().set(POLICY.replace("\"tag:own\": [\"alice@\"], ", ""), TestTailnet.ADMIN);
        assertThat(isIn(client.register())).isTrue();
        assertThat(owner(client.node())).isEqualTo("own");

        client.newNodeKey();
        assertThat(login("alice")).isFalse();
        TestClient other = new TestClient(tailnet, "other");
        other.register(key("alice"));
        assertThatThrownBy(() ->
                        tailnet.nodesAdmin()
                                .tag(other.node().id(), Set.of("tag:own"), TestTailnet.ADMIN))
                .isInstanceOf(Refused.class);
    }

    @Test
    void groupsAndTagsMayOwnTagsAndOwnershipMoves() throws Exception {
        String policy =
                "{\"groups\": {\"group:ops\": [\"%s@\"]}, \"tagOwners\": {\"tag:own\": [\"group:ops\"], \"tag:more\": [\"tag:own\"]}}";
        tailnet.policy().set(policy.formatted("alice"), TestTailnet.ADMIN);
        client.requestTags = List.of("tag:own", "tag:more");
        assertThat(login("alice")).isTrue();
        assertThat(owner(client.node())).isEqualTo("more own");

        tailnet.policy().set(policy.formatted("bob"), TestTailnet.ADMIN);
        client.newNodeKey();
        assertThat(login("alice")).isFalse();
        client.newNodeKey();
        assertThat(login("bob")).isTrue();
        assertThat(client.node().owner()).isEqualTo(tagged("tag:own", "tag:more"));
        assertThat(client.node().membership().expiry()).isEmpty();
    }

    private static Owner.Tagged tagged(String... tags) {
        return new Owner.Tagged(new TreeSet<>(List.of(tags)));
    }
}
