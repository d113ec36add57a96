package dev.remora.server.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.remora.server.model.User;
import dev.remora.server.tailnet.KeyWish;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The recorded stories of real nodes with headscale 0.29.0, and with the control server that the official client is tested with, held again
/// with ours: the same answers, and after each step the same maps, but for what is said here or in [Differences].
class ControlStoriesTest {
    private static final String ALL =
            """
            {"tagOwners": {"tag:router": ["alice@"]},
             "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}],
             "ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self"], "users": ["root"]}]}
            """;

    private static final String ONE_PORT =
            """
            {"tagOwners": {"tag:router": ["alice@"]},
             "acls": [{"action": "accept", "src": ["alice@"], "dst": ["bob@:22"]}]}
            """;

    private static final String ALICES_KEY =
            "hskey-auth-wu0j9AfV3aHe-a_SIPwQYdVfniDpLTGA1LJgSv-0gDBGfIPi-d3bse3cJKYqzanalZBLOvTOgFUkz";
    private static final String BOBS_KEY =
            "hskey-auth-VmfTEr4vjn8x-EF02b1oqWwrhP1FPDu3hbvRF6zgtBXYj9fTuMxrPLGJ64RsvDSK6kpZ93jkZMAnY";
    private static final String EPHEMERAL_KEY =
            "hskey-auth-VvH0J_a-pxgj-Bpwyea0PCLj58bLsYkXb0OHutClGRz7NgZHe09S0QgKkyytVpXZiV4n3DTX2T28_";

    /// Up to the destinations.
    private static final String TO =
            "{\"tagOwners\": {\"tag:web\": []}, \"acls\": [{\"action\": \"accept\", \"src\": [\"autogroup:danger-all\"], \"dst\": [";

    private static final String ONE_SOURCE =
            """
            {"tagOwners": {"tag:web": []},
             "acls": [{"action": "accept", "proto": "tcp", "src": ["100.64.0.1"], "dst": ["*:22"]}]}
            """;

    private static final String PICTURE =
            "https://tailscale.com/static/images/marketing/team-carney.jpg";

    @TempDir Path directory;

    @TestFactory
    List<DynamicTest> headscale() throws Exception {
        // headscale tells a router of its own routes with the next occasion, we at once
        Differences differences =
                new Differences("lab.test")
                        .except(
                                "/Node/(AllowedIPs|PrimaryRoutes)",
                                "an approved route",
                                "an approved exit node",
                                "somebody uses the exit node")
                        // a daemon that starts anew has no endpoints at first: headscale keeps the
                        // old ones
                        .except("/Peers/2/Endpoints", "it is back");
        try (Story story =
                new Story("headscale", "https://10.77.0.2:443", directory, differences)) {
            return tests(playHeadscale(story), differences);
        }
    }

    private static List<DynamicTest> tests(
            Map<String, List<String>> found, Differences differences) {
        List<DynamicTest> tests = new ArrayList<>();
        found.forEach((situation, what) ->
                tests.add(dynamicTest(situation, () -> assertThat(what).isEmpty())));
        tests.add(
                dynamicTest(
                        "nothing is excused that is the same",
                        () -> assertThat(differences.needless()).isEmpty()));
        return tests;
    }

    private static Map<String, List<String>> playHeadscale(Story story) throws Exception {
        User alice = story.user("alice", "Alice A", "alice@example.com", "");
        User bob = story.user("bob", "", "bob@example.com", "");
        story.policy(ALL);
        story.record("grafana.lab.test", "A", "100.64.0.99");
        story.key(ALICES_KEY, KeyWish.of(alice).reusable())
                .key(BOBS_KEY, KeyWish.of(bob).reusable())
                .key(EPHEMERAL_KEY, KeyWish.of(bob).ephemeral());
        story.lookAfter("0018", "a node alone")
                .lookAfter("0046", "a second node, of another user")
                .lookAfter("0058", "another endpoint and another host name")
                .before("0059", () -> story.policy(ONE_PORT))
                .lookAfter("0060", "a policy that opens one port one way")
                .before("0061", () -> story.policy(ALL))
                .lookAfter("0062", "everything open again")
                .lookAfter("0088", "a router whose routes wait for approval")
                .before("0089", () -> story.approve("n3", "192.168.50.0/24"))
                .lookAfter("0091", "an approved route")
                .before("0092", () -> story.approve("n3", "192.168.50.0/24", "0.0.0.0/0", "::/0"))
                .lookAfter("0094", "an approved exit node")
                .lookAfter("0104", "somebody uses the exit node")
                .before("0105", () -> story.tag("n3", "tag:router"))
                .lookAfter("0107", "a router with a tag")
                .before("0108", () -> story.rename("n3", "gateway"))
                .lookAfter("0110", "a router with another name")
                .before("0112", () -> story.pass(Duration.ofSeconds(11)))
                .lookAfter("0115", "a node is away")
                .lookAfter("0134", "it is back")
                .before("0142", () -> story.expire("n2"))
                .lookAfter("0150", "an ended key")
                .lookAfter("0172", "a new key of the same node")
                .before("0192", () -> story.admit(bob))
                .lookAfter("0222", "a node that a person let in")
                .lookAfter("0280", "an ephemeral node came and logged out")
                .before("0286", () -> story.delete("n3"))
                .lookAfter("0288", "a deleted router")
                .lookAfter("0299", "a node that logged out")
                .before("0313", () -> story.pass(Duration.ofSeconds(11)))
                .lookAfter("0316", "a node that was down");
        return story.play("0320");
    }

    @TestFactory
    List<DynamicTest> testControl() throws Exception {
        Differences differences = new Differences("tc.test");
        // numbers are opaque; Funnel and certificates are not offered; names of addresses are
        differences
                .except("/(Node|Peers/[12])/(StableID|Capabilities|CapMap.*)")
                .except("/DNSConfig/(CertDomains|Routes)")
                // it does not say when nodes came, nor to themselves that they are online
                .except("/(Node|Peers/[12])/Created")
                .except("/Node/Online")
                .except("/User/(Created|ProfilePicURL)", "t[12] registers")
                // a tagged node is still a user's there
                .except("/(Node|Peers/2)/User")
                .except("/UserProfiles/(2|2147455555)")
                .except("/(User|Login)/(ID|DisplayName|LoginName|ProfilePicURL)", "t2 registers")
                // where nothing is open, nobody sees anybody; of rules those alone that open
                // something here
                .except("/(Peers/[12]|PacketFilters/base)", "nothing is open")
                .except("/PacketFilters/base", "one source and one port")
                // whose key has ended is authorized no more
                .except("/(Node|Peers/2)/MachineAuthorized", "an ended key")
                // a new key takes approved routes away there
                .except("/(Node|Peers/2)/(AllowedIPs|PrimaryRoutes)", "a new key of the same node")
                // logging out ends the key at once
                .except("/(NodeKeyExpired|MachineAuthorized)", "t2 registers")
                // in other words; and who goes on guessing has to wait
                .except("/.*", "t3 registers");
        try (Story story =
                new Story(
                        "testcontrold",
                        "https://fake-control.example.net",
                        directory,
                        differences)) {
            return tests(playTestControl(story), differences);
        }
    }

    private static Map<String, List<String>> playTestControl(Story story) throws Exception {
        User first = story.user("user-1", "User 1", "user-1@fake-control.example.net", PICTURE);
        story.policy(TO + "\"*:*\"]}]}");
        story.key("k1", KeyWish.of(first))
                .before("0015", () -> story.key("k1", KeyWish.of("tag:web").reusable()));
        story.lookAfter("0014", "a node alone")
                .lookAfter("0030", "a second node, with a tag that it asked for")
                .lookAfter("0042", "another endpoint")
                .before("0043", () -> story.policy(TO + "\"192.0.2.1:1\"]}]}"))
                .lookAfter("0044", "nothing is open")
                .before("0045", () -> story.policy(ONE_SOURCE))
                .lookAfter("0046", "one source and one port")
                .before("0047", () -> story.policy(TO + "\"*:*\"]}]}"))
                .lookAfter("0048", "everything open again")
                .before("0049", () -> story.approve("t2", "192.168.60.0/24"))
                .lookAfter("0050", "an approved route")
                .before("0053", () -> story.record("x.tc.test", "A", "100.64.0.77"))
                .lookAfter("0056", "one more name")
                .before("0089", () -> story.expire("t2"))
                .lookAfter("0094", "an ended key")
                .before("0095", () -> story.neverExpire("t2"))
                .lookAfter("0100", "a key that ends no more")
                .lookAfter("0108", "a new key of the same node")
                .before("0138", () -> story.delete("t2"))
                .lookAfter("0140", "a deleted node");
        return story.play("0144");
    }
}
