package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.NodeId;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.MapResponse;
import dev.remora.proto.control.NodeInfo;
import dev.remora.proto.control.PeerChange;
import dev.remora.proto.control.RawJson;
import dev.remora.proto.control.UserProfile;
import dev.remora.server.model.Keys;
import dev.remora.server.model.Name;
import dev.remora.server.model.Node;
import dev.remora.server.model.Report;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Each form in which a change is told, seen by one client that watches two others.
class DeltaTest {
    private final TestTailnet tailnet = new TestTailnet(1);
    private final MapService service = tailnet.serve();
    private final Node viewer = tailnet.add(1);
    private final Node peer = tailnet.add(2);
    private final Node other = tailnet.add(2);
    private final TestClient client = TestClient.polling(service, viewer);
    private final MapResponse first = client.message(0);

    @AfterEach
    void stop() {
        service.close();
    }

    /// The next message after the first.
    private MapResponse delta() {
        return client.message(1);
    }

    private PeerChange patch() {
        return delta().peersChangedPatch().get(0);
    }

    @Test
    void theFirstMessageIsTheWholeMap() {
        assertThat(first.node().id()).isEqualTo(viewer.id());
        assertThat(first.node().name()).isEqualTo("n1.lab.test.");
        assertThat(first.node().key()).isEqualTo(viewer.keys().node());
        assertThat(first.node().keyExpiry()).isEqualTo(Instant.parse("0001-01-01T00:00:00Z"));
        assertThat(first.node().machineAuthorized()).isTrue();
        assertThat(first.node().online()).isTrue();
        assertThat(first.node().capMap())
                .containsOnlyKeys(
                        "https://tailscale.com/cap/is-admin",
                        "https://tailscale.com/cap/file-sharing",
                        "default-auto-update")
                .containsEntry("default-auto-update", List.of(new RawJson("false")));
        assertThat(first.peers()).extracting(NodeInfo::id).containsExactly(2L, 3L);
        assertThat(first.userProfiles()).extracting(UserProfile::id).containsExactly(1L, 2L);
        assertThat(first.packetFilters()).isEqualTo(Map.of("base", TestTailnet.rules("*")));
        assertThat(first.dnsConfig().domains()).containsExactly("lab.test");
        assertThat(first.dnsConfig().routes()).hasSize(65);
        assertThat(first.derpMap()).isEqualTo(TestTailnet.relays("10.77.0.2"));
        assertThat(first.domain()).isEqualTo("10.77.0.2");
        assertThat(first.collectServices()).isFalse();
        assertThat(first.debug().disableLogTail()).isTrue();
        assertThat(first.controlTime()).isEqualTo(TestTailnet.NOW);
    }

    @Test
    void whatAServerHasBetterNotSaidIsNotSaid() {
        assertThat(first.clientVersion()).isNull();
        assertThat(first.tkaInfo()).isNull();
        assertThat(first.mapSessionHandle()).isNull();
        assertThat(first.sshPolicy()).isNull();
        assertThat(first.debug().exit()).isNull();
        assertThat(first.debug().sleepSeconds()).isZero();
    }

    @Test
    void aPeersHostinfoIsTrimmedAndOnesOwnIsNot() {
        assertThat(first.node().hostInfo().backendLogId()).isEqualTo("secret-log-id-1");
        assertThat(first.peers().get(0).hostInfo().hostname()).isEqualTo("n2");
        assertThat(first.peers().get(0).hostInfo().os()).isEqualTo("linux");
        assertThat(first.peers().get(0).hostInfo().backendLogId()).isNull();
        assertThat(first.peers().get(0).hostInfo().ipnVersion()).isNull();
    }

    @Test
    void endpointsAreAPatchAlsoWhenThereAreNone() {
        tailnet.change(
                peer.id(),
                node ->
                        node.withReport(
                                new Report(node.report().hostInfo(), List.<IpPort>of(), 999, 142)));
        service.onPatched(peer.id(), EnumSet.of(Part.ENDPOINTS));

        assertThat(delta().peersChanged()).isNull();
        assertThat(patch().nodeId()).isEqualTo(peer.id());
        assertThat(patch().endpoints()).isEmpty();
        assertThat(patch().online()).isNull();
        assertThat(client.map().peers().get(new NodeId(peer.id())).get().endpoints()).isEmpty();
    }

    @Test
    void anotherHomeRelayAndLevelAreAPatch() {
        tailnet.change(
                peer.id(),
                node -> node.withReport(new Report(node.report().hostInfo(), List.of(), 901, 145)));
        service.onPatched(peer.id(), EnumSet.of(Part.HOME_DERP, Part.CAP));

        assertThat(patch().derpRegion()).isEqualTo(901);
        assertThat(patch().cap()).isEqualTo(145);
        assertThat(patch().endpoints()).isNull();
    }

    /// In a patch, region 0 says nothing.
    @Test
    void aLostHomeRelayNeedsTheWholeNode() {
        tailnet.change(
                peer.id(),
                node -> node.withReport(new Report(node.report().hostInfo(), List.of(), 0, 142)));
        service.onPatched(peer.id(), EnumSet.of(Part.HOME_DERP));

        assertThat(delta().peersChanged()).extracting(NodeInfo::homeDerp).containsExactly(0L);
    }

    @Test
    void newKeysAreAPatch() {
        NodeKey key = tailnet.nodeKey();
        DiscoKey disco = tailnet.disco();
        tailnet.change(
                peer.id(), node -> node.withKeys(new Keys(node.keys().machine(), key, disco)));
        service.onPatched(peer.id(), EnumSet.of(Part.NODE_KEY, Part.DISCO_KEY, Part.KEY_EXPIRY));

        assertThat(patch().key()).isEqualTo(key);
        assertThat(patch().discoKey()).isEqualTo(disco);
        assertThat(patch().keyExpiry()).isEqualTo(Instant.parse("0001-01-01T00:00:00Z"));
    }

    @Test
    void comingAndGoingAreAPatch() {
        TestClient come = TestClient.polling(service, peer);
        assertThat(patch().online()).isTrue();
        assertThat(patch().lastSeen()).isNull();

        come.hangUp();
        PeerChange gone = client.message(2).peersChangedPatch().get(0);
        assertThat(gone.online()).isFalse();
        assertThat(gone.lastSeen()).isEqualTo(peer.membership().lastSeen());
    }

    /// Recent clients refuse a disco key that comes with an old `LastSeen`.
    @Test
    void anOfflineNodesNewDiscoKeyIsToldWithTheWholeNode() {
        service.onPatched(peer.id(), EnumSet.of(Part.ONLINE, Part.DISCO_KEY));

        assertThat(delta().peersChangedPatch()).isNull();
        assertThat(delta().peersChanged()).hasSize(1);
    }

    @Test
    void anExpiryThatIsAheadIsAPatchAndOneThatIsPastIsNot() {
        expire(peer, Optional.of(TestTailnet.NOW.plusSeconds(60)));
        assertThat(patch().keyExpiry()).isEqualTo(TestTailnet.NOW.plusSeconds(60));

        expire(peer, Optional.of(TestTailnet.NOW.minusSeconds(60)));
        NodeInfo ended = client.message(2).peersChanged().get(0);
        assertThat(ended.expired()).isTrue();
        assertThat(ended.machineAuthorized()).isFalse();

        expire(peer, Optional.empty());
        NodeInfo extended = client.message(3).peersChanged().get(0);
        assertThat(extended.expired()).isNull();
        assertThat(extended.keyExpiry()).isEqualTo(Instant.parse("0001-01-01T00:00:00Z"));
    }

    private void expire(Node node, Optional<Instant> when) {
        tailnet.change(node.id(), n -> n.withMembership(n.membership().withExpiry(when)));
        service.onPatched(node.id(), EnumSet.of(Part.KEY_EXPIRY));
    }

    @Test
    void anotherNameIsAWholeNodeToOthersAndToItself() {
        tailnet.change(peer.id(), node -> node.withName(new Name("n2", "gateway", true)));
        service.onNodeChanged(peer.id());
        assertThat(delta().peersChanged())
                .extracting(NodeInfo::name)
                .containsExactly("gateway.lab.test.");
        assertThat(delta().userProfiles()).as("known already").isNull();
        assertThat(delta().node()).isNull();
        assertThat(delta().dnsConfig()).isNull();

        tailnet.change(viewer.id(), node -> node.withName(new Name("n1", "me", true)));
        service.onNodeChanged(viewer.id());
        service.onSelfChanged(viewer.id());
        assertThat(client.message(2).node().name()).isEqualTo("me.lab.test.");
        assertThat(client.message(2).peersChanged()).isNull();
    }

    @Test
    void theLastPeerGoesAsTheOthersDo() {
        remove(peer);
        assertThat(delta().peersRemoved()).containsExactly(peer.id());
        remove(other);
        assertThat(client.message(2).peersRemoved()).containsExactly(other.id());
        assertThat(client.map().peers()).isEmpty();
    }

    private void remove(Node node) {
        tailnet.delete(node.id());
        service.onRemoved(node.id());
    }

    @Test
    void routesThatTheViewerMayUseAreAllowed() {
        tailnet.change(
                peer.id(),
                node ->
                        node.withApprovedRoutes(
                                Set.of(
                                        TestTailnet.prefix("192.168.50.0/24"),
                                        TestTailnet.prefix("0.0.0.0/0"),
                                        TestTailnet.prefix("::/0"))));
        service.onNodeChanged(peer.id());

        NodeInfo router = delta().peersChanged().get(0);
        assertThat(router.allowedIps())
                .extracting(Object::toString)
                .containsExactly(
                        "0.0.0.0/0",
                        "100.64.0.2/32",
                        "192.168.50.0/24",
                        "::/0",
                        "fd7a:115c:a1e0::2/128");
        assertThat(router.primaryRoutes()).containsExactly(TestTailnet.prefix("192.168.50.0/24"));
        assertThat(delta().collectServices())
                .as("by which the official client knows a new exit node in its status")
                .isFalse();

        tailnet.routing((viewing, route) -> false);
        tailnet.relation((one, two) -> true, TestTailnet.rules("*"));
        service.onViewsChanged(tailnet.ids());
        assertThat(client.message(2).peersChanged().get(0).allowedIps()).hasSize(2);
        assertThat(client.message(2).peersChanged()).as("no other").hasSize(1);
        assertThat(client.message(2).packetFilters()).as("as before").isNull();
    }

    @Test
    void aPolicyThatHidesEverybodyRemovesThemAndBlocksAll() {
        tailnet.relation((one, two) -> false, List.of());
        service.onViewsChanged(tailnet.ids());

        assertThat(delta().peersRemoved()).containsExactly(2L, 3L);
        assertThat(delta().packetFilters()).isEqualTo(Map.of("base", List.of()));
        assertThat(delta().node()).isNull();

        tailnet.relation((one, two) -> true, TestTailnet.rules("*"));
        service.onViewsChanged(tailnet.ids());
        assertThat(client.message(2).peersChanged())
                .extracting(NodeInfo::id)
                .containsExactly(2L, 3L);
    }

    @Test
    void nothingOfANodeThatIsNotSeenGetsOut() {
        tailnet.relation((one, two) -> two != peer.id(), TestTailnet.rules("*"));
        service.onViewsChanged(tailnet.ids());
        assertThat(delta().peersRemoved()).containsExactly(peer.id());

        Node hidden = tailnet.add(9);
        tailnet.relation((one, two) -> two == other.id(), TestTailnet.rules("*"));
        service.onViewsChanged(tailnet.ids());
        service.onNodeChanged(hidden.id());
        service.onPatched(peer.id(), EnumSet.allOf(Part.class));
        service.onUserChanged(9);
        remove(peer);
        remove(hidden);
        assertNothingMore(2);
    }

    @Test
    void abilitiesChangeTheOwnNode() {
        tailnet.attributes(
                viewer.id(),
                Map.of("randomize-client-port", List.of(), "x", List.of(new RawJson("7"))));
        service.onViewsChanged(Set.of(viewer.id()));

        assertThat(delta().node().capMap()).containsEntry("randomize-client-port", List.of());
        assertThat(delta().node().capMap().get("x")).containsExactly(new RawJson("7"));
        assertThat(delta().peersChanged()).isNull();
    }

    @Test
    void anExitNodeIsSuggestedToOthersWhileItIsOne() {
        Map<String, List<RawJson>> suggested = Map.of("suggest-exit-node", List.of());
        tailnet.attributes(peer.id(), suggested);
        tailnet.change(
                peer.id(), n -> n.withApprovedRoutes(Set.of(TestTailnet.prefix("0.0.0.0/0"))));
        service.onViewsChanged(Set.of(peer.id()));
        assertThat(delta().peersChanged().get(0).capMap()).containsOnlyKeys("suggest-exit-node");

        tailnet.change(peer.id(), n -> n.withApprovedRoutes(Set.of()));
        service.onNodeChanged(peer.id());
        assertThat(client.message(2).peersChanged().get(0).capMap()).isNull();
    }

    @Test
    void namesAndRelaysAreToldWhenTheyAreOther() {
        tailnet.dns(new DnsConfig(null, null, null, List.of("corp"), true, null, null, null, null));
        service.onDnsChanged();
        assertThat(delta().dnsConfig().domains()).containsExactly("lab.test", "corp");

        tailnet.derpMap(TestTailnet.relays("10.77.0.3"));
        service.onDerpMapChanged();
        assertThat(client.message(2).derpMap()).isEqualTo(TestTailnet.relays("10.77.0.3"));
        assertThat(client.message(2).dnsConfig()).isNull();
    }

    @Test
    void whatIsAsBeforeIsNotTold() {
        service.onDnsChanged();
        service.onDerpMapChanged();
        service.onSelfChanged(viewer.id());
        service.onViewsChanged(Set.of(viewer.id()));
        assertNothingMore(1);
    }

    /// A node whose name cannot be told must not cost others their map.
    @Test
    void aNodeWithABadNameIsLeftOut() {
        tailnet.change(peer.id(), node -> node.withName(new Name("x", "bad name", false)));

        TestClient fresh = TestClient.polling(service, other);
        assertThat(fresh.message(0).peers()).extracting(NodeInfo::id).containsExactly(viewer.id());
        service.onNodeChanged(peer.id());
        assertThat(
                        client.awaitMap(map -> map.peers().size() == 1)
                                .peers()
                                .get(new NodeId(peer.id())))
                .isEmpty();
    }

    /// A ping comes behind all that was noted before it.
    private void assertNothingMore(int messages) {
        service.ping(viewer.id(), "", "", Duration.ofMinutes(1));
        assertThat(client.message(messages).pingRequest()).isNotNull();
    }
}
