package dev.remora.engine.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.Capture;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.FilterRule;
import dev.remora.proto.control.MapResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The recorded story of headscale and tailscaled, step by step; the steps' titles say what to expect.
class HeadscaleStoryTest {
    private static final Story STORY = Story.of("headscale");
    private static final NodeId N2 = new NodeId(2);
    private static final NodeId N3 = new NodeId(3);
    private static final NodeId N4 = new NodeId(4);
    private static final NodeId N5 = new NodeId(5);
    private static final DerpRegionId LAB = new DerpRegionId(999);

    @Test
    void theFirstNodeIsAlone() throws Exception {
        NetMap map = STORY.after(1, "n1");

        assertThat(map.self().name()).isEqualTo("n1.lab.test.");
        assertThat(map.self().ipv4()).contains(ip("100.64.0.1"));
        assertThat(map.self().ipv6()).contains(ip("fd7a:115c:a1e0::1"));
        assertThat(map.peers().size()).isZero();
        assertThat(map.magicDnsSuffix()).isEqualTo("lab.test");
        assertThat(map.domain()).isEqualTo("10.77.0.2");
        assertThat(map.userOf(map.self()).orElseThrow().loginName()).isEqualTo("alice@example.com");
        assertThat(map.self().has(new NodeCapability("https://tailscale.com/cap/ssh"))).isTrue();
        assertThat(map.sshPolicy().orElseThrow().text()).contains("allowAgentForwarding");
    }

    @Test
    void theRelayOfTheServerIsKnown() throws Exception {
        DerpRegion region = STORY.after(1, "n1").derpMap().region(LAB).orElseThrow();

        assertThat(region.code()).isEqualTo("lab");
        assertThat(region.nodes())
                .singleElement()
                .satisfies(node -> {
                    assertThat(node.hostName()).isEqualTo("10.77.0.2");
                    assertThat(node.ipv4()).isEqualTo(new DerpAddress.Fixed(ip("10.77.0.2")));
                    assertThat(node.ipv6()).isEqualTo(new DerpAddress.ByName());
                    assertThat(node.stunPort()).hasValue(3478);
                    assertThat(node.derpPort()).isEqualTo(443);
                });
    }

    @Test
    void aSecondNodeAppearsAsPeer() throws Exception {
        NetMap map = STORY.after(2, "n1");
        Node n2 = map.peers().get(N2).orElseThrow();

        assertThat(map.peers().size()).isEqualTo(1);
        assertThat(map.peer(n2.key())).contains(n2);
        assertThat(map.peers().get(new StableNodeId("2"))).contains(n2);
        assertThat(map.owner(ip("100.64.0.2"))).contains(n2);
        assertThat(map.owner(ip("100.64.0.1"))).contains(map.self());
        assertThat(map.owner(ip("100.64.0.3"))).isEmpty();
        assertThat(map.displayName(n2)).isEqualTo("n2");
        assertThat(map.userOf(n2).orElseThrow().loginName()).isEqualTo("bob@example.com");
        assertThat(n2.online()).contains(true);
    }

    @Test
    void endpointsAndHomeOfAPeerFollow() throws Exception {
        Node before = peer(3, "n1", N2);
        Node after = peer(4, "n1", N2);

        assertThat(before.endpoints()).containsExactly(at("10.77.0.12:57169"));
        assertThat(before.homeDerp()).contains(LAB);
        assertThat(after.endpoints())
                .containsExactly(at("10.77.0.12:57169"), at("10.77.0.112:57169"));
    }

    @Test
    void aPeerChangesItsName() throws Exception {
        assertThat(peer(4, "n1", N2).name()).isEqualTo("n2.lab.test.");
        assertThat(STORY.after(5, "n1").displayName(peer(5, "n1", N2))).isEqualTo("n2new");
        assertThat(STORY.after(5, "n2").self().name()).isEqualTo("n2new.lab.test.");
    }

    @Test
    void aStricterPolicyAndBackAgain() throws Exception {
        FilterRule toPort22 = STORY.after(6, "n2").filterRules().getFirst();

        assertThat(STORY.after(6, "n1").filterRules()).isEmpty();
        assertThat(STORY.after(6, "n1").filters()).containsEntry("base", List.of());
        assertThat(toPort22.srcIps()).containsExactly("100.64.0.1", "fd7a:115c:a1e0::1");
        assertThat(toPort22.dstPorts()).hasSize(2);
        assertThat(STORY.after(7, "n1").filterRules())
                .isEqualTo(STORY.after(5, "n1").filterRules());
    }

    @Test
    void routesComeWithTheirApproval() throws Exception {
        assertThat(peer(8, "n1", N3).allowedIps()).hasSize(2);
        assertThat(peer(9, "n1", N3).allowedIps()).contains(IpPrefix.parse("192.168.50.0/24"));
        assertThat(peer(10, "n1", N3).allowedIps())
                .contains(IpPrefix.parse("0.0.0.0/0"), IpPrefix.parse("::/0"));
        assertThat(STORY.after(10, "n1").peers().owner(ip("192.168.50.7"))).isEmpty();
    }

    @Test
    void aPeerGetsATagAndAnotherName() throws Exception {
        assertThat(peer(11, "n1", N3).isTagged()).isFalse();
        assertThat(peer(12, "n1", N3).tags()).containsExactly("tag:router");
        assertThat(peer(13, "n2", N3).name()).isEqualTo("gateway.lab.test.");
    }

    @Test
    void aPeerGoesAndComesBack() throws Exception {
        assertThat(peer(13, "n1", N2).online()).contains(true);
        assertThat(peer(14, "n1", N2).online()).contains(false);
        assertThat(peer(15, "n1", N2).online()).contains(true);
    }

    @Test
    void aKeyIsEndedByTheServer() throws Exception {
        assertThat(peer(15, "n1", N2).expired()).isFalse();
        assertThat(peer(16, "n1", N2).expired()).isTrue();
        assertThat(STORY.after(16, "n2").isSelfExpired(Story.RECEIVED)).isTrue();
    }

    @Test
    void aNewKeyReplacesTheOldOne() throws Exception {
        Node before = peer(16, "n1", N2);
        NetMap map = STORY.after(17, "n1");
        Node after = map.peers().get(N2).orElseThrow();

        assertThat(after.key()).isNotEqualTo(before.key());
        assertThat(after.expired()).isFalse();
        assertThat(map.peer(after.key())).contains(after);
        assertThat(map.peer(before.key())).isEmpty();
        assertThat(PeerDelta.between(STORY.after(16, "n1").peers(), map.peers()))
                .containsExactly(new PeerDelta.Changed(before, after));
    }

    @Test
    void anEphemeralNodeComesAndVanishes() throws Exception {
        assertThat(STORY.after(19, "n1").peers().get(N4)).isPresent();
        assertThat(seenDuring(20, "n1")).contains(N5);
        assertThat(STORY.after(20, "n1").peers().get(N5)).isEmpty();
    }

    @Test
    void aDeletedNodeVanishesForAllButItself() throws Exception {
        assertThat(STORY.after(21, "n1").peers().get(N3)).isEmpty();
        assertThat(STORY.after(21, "n2").peers().get(N3)).isEmpty();
        assertThat(STORY.after(21, "n3").peers().size()).isEqualTo(3);
    }

    @Test
    void aNodeThatLoggedOutStaysAsExpired() throws Exception {
        assertThat(peer(22, "n1", N2).expired()).isTrue();
    }

    /// What a node is told of itself and what another is told of it are two messages; they must agree.
    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5, 9, 10, 12, 13, 15, 17, 19})
    void nodesSeeEachOtherAsTheySeeThemselves(int step) throws Exception {
        Map<String, NetMap> maps = STORY.after(step);
        for (NetMap map : maps.values()) {
            for (NetMap other : maps.values()) {
                Optional<Node> seen = map.peers().get(other.self().id());
                if (seen.isPresent()) {
                    assertThat(outside(seen.get())).isEqualTo(outside(other.self()));
                }
            }
        }
    }

    private record Outside(NodeKey key, String name, List<IpPrefix> own, List<IpPort> endpoints) {}

    private static Outside outside(Node node) {
        return new Outside(node.key(), node.name(), node.addresses(), node.endpoints());
    }

    private static List<NodeId> seenDuring(int step, String node) throws MalformedException {
        NetMap before = STORY.after(step - 1, node);
        return Capture.story("headscale").stream()
                .filter(m -> m.kind().equals("map-frame") && m.node().equals(node))
                .filter(m -> m.step() == step)
                .flatMap(m -> changedPeers(m).stream())
                .filter(id -> before.peers().get(id).isEmpty())
                .toList();
    }

    private static List<NodeId> changedPeers(Capture message) {
        try {
            var response = ControlJson.read(MapResponse.class, message.body());
            return Lists.present(response.peersChanged()).stream()
                    .map(info -> new NodeId(info.id()))
                    .toList();
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static Node peer(int step, String node, NodeId id) throws MalformedException {
        return STORY.after(step, node).peers().get(id).orElseThrow();
    }

    private static IpAddress ip(String text) throws MalformedException {
        return IpAddress.parse(text);
    }

    private static IpPort at(String text) throws MalformedException {
        return IpPort.parse(text);
    }
}
