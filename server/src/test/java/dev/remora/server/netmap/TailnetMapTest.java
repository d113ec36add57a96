package dev.remora.server.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.crypto.DiscoKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.UserId;
import dev.remora.proto.control.AuthKey;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.HostInfo;
import dev.remora.proto.control.HostInfoBuilder;
import dev.remora.proto.control.MapRequest;
import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import dev.remora.server.tailnet.Actor;
import dev.remora.server.tailnet.RelayMaps;
import dev.remora.server.tailnet.Tailnet;
import dev.remora.server.tailnet.TailnetSettings;
import dev.remora.server.tailnet.TestTailnet;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The service on the real tailnet: what nodes report and people decide is what others are told.
class TailnetMapTest {
    private static final Actor ADMIN = new Actor("test");
    private static final String ALLOW_ALL =
            "{\"tagOwners\":{\"tag:web\":[\"alice@\"]},\"acls\":[{\"action\":\"accept\",\"src\":[\"*\"],\"dst\":[\"*:*\"]}]}";
    private static final String DENY_ALL = "{\"acls\":[]}";

    @TempDir Path directory;
    private TestTailnet world;
    private Tailnet tailnet;
    private MapService service;
    private User user;
    private AuthKey key;
    private Node one;
    private Node two;
    private TestClient client;

    @BeforeEach
    void twoNodesOfWhichOneWatches() throws Exception {
        world = TestTailnet.in(directory);
        tailnet = world.tailnet();
        TailnetSettings settings = tailnet.settings();
        service =
                TailnetSource.serve(
                        tailnet,
                        MapSettings.of(
                                        "127.0.0.1",
                                        settings.baseDomain(),
                                        settings.ipv4(),
                                        settings.ipv6())
                                .withWindow(Duration.ZERO),
                        world.timers.clock());
        tailnet.policy().set(ALLOW_ALL, ADMIN);
        user = world.user("alice");
        key = world.keyFor(user).secret();
        one = join("one");
        two = join("two");
        tailnet.report(two.id(), request(two, host("two").build()));
        client = TestClient.polling(service, one);
        awaitPeer(peer -> peer.name().equals("two.tail.example."));
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        world.close();
    }

    private Node join(String name) throws Exception {
        dev.remora.server.tailnet.TestClient joining =
                new dev.remora.server.tailnet.TestClient(tailnet, name);
        assertThat(joining.register(key).machineAuthorized()).isTrue();
        return joining.node();
    }

    private dev.remora.engine.netmap.Node awaitPeer(
            Predicate<dev.remora.engine.netmap.Node> wanted) {
        return peer(client.awaitMap(map -> peer(map).filter(wanted).isPresent())).orElseThrow();
    }

    private static Optional<dev.remora.engine.netmap.Node> peer(NetMap map) {
        return map.peers().all().stream().findFirst();
    }

    private static MapRequest request(Node node, HostInfo hostInfo, String... endpoints) {
        return new MapRequest(
                142,
                "zstd",
                true,
                node.keys().node(),
                new DiscoKey(node.keys().node().bytes()),
                false,
                hostInfo,
                List.of(endpoints).stream()
                        .map(dev.remora.server.netmap.TestTailnet::endpoint)
                        .toList(),
                null,
                null,
                true,
                null,
                false);
    }

    private static HostInfoBuilder host(String name) {
        return new HostInfoBuilder().os("linux").hostname(name);
    }

    @Test
    void whatANodeReportsReachesItsPeers() {
        IpPort endpoint = dev.remora.server.netmap.TestTailnet.endpoint("192.0.2.7:41641");
        tailnet.report(two.id(), request(two, host("two").build(), endpoint.toString()));
        awaitPeer(peer -> peer.endpoints().contains(endpoint) && peer.discoKey().isPresent());

        tailnet.report(two.id(), request(two, host("renamed").build()));
        awaitPeer(peer -> peer.name().equals("renamed.tail.example."));
    }

    @Test
    void presenceIsToldAfterTheTimeOfGrace() throws Exception {
        TestClient come = TestClient.polling(service, two);
        awaitPeer(peer -> peer.online().orElse(false));

        come.hangUp();
        assertThat(come.end()).isInstanceOf(TestClient.EndOfBody.class);
        assertThat(peer(client.map()).orElseThrow().online()).contains(true);
        world.pass(Duration.ofSeconds(11));
        assertThat(awaitPeer(peer -> !peer.online().orElse(true)).lastSeen()).isPresent();
    }

    @Test
    void aPolicyHidesAndShows() throws Exception {
        tailnet.policy().set(DENY_ALL, ADMIN);
        NetMap none = client.awaitMap(map -> map.peers().size() == 0);
        assertThat(none.filterRules()).isEmpty();
        assertThat(none.filters()).containsKey("base");

        tailnet.policy().set(ALLOW_ALL, ADMIN);
        client.awaitMap(map -> map.peers().size() == 1 && !map.filterRules().isEmpty());
    }

    @Test
    void whatPeopleDecideAboutANodeIsToldToItAndToOthers() throws Exception {
        tailnet.nodesAdmin().rename(two.id(), "gateway", ADMIN);
        awaitPeer(peer -> peer.name().equals("gateway.tail.example."));
        tailnet.nodesAdmin().rename(one.id(), "me", ADMIN);
        client.awaitMap(map -> map.self().name().equals("me.tail.example."));

        tailnet.nodesAdmin().tag(two.id(), Set.of("tag:web"), ADMIN);
        NetMap tagged = client.awaitMap(map -> peer(map).filter(p -> p.isTagged()).isPresent());
        assertThat(tagged.users().get(new UserId(dev.remora.server.netmap.TestTailnet.TAGGED)))
                .isNotNull();

        Instant past = world.timers.clock().instant().minusSeconds(5);
        tailnet.nodesAdmin().expire(one.id(), past, ADMIN);
        client.awaitMap(map -> !map.self().machineAuthorized());
        tailnet.nodesAdmin().neverExpire(one.id(), ADMIN);
        client.awaitMap(map -> map.self().machineAuthorized());

        tailnet.nodesAdmin().delete(two.id(), ADMIN);
        client.awaitMap(map -> map.peers().size() == 0);
    }

    @Test
    void routesAreToldOnceTheyAreApproved() throws Exception {
        IpPrefix subnet = dev.remora.server.netmap.TestTailnet.prefix("192.168.50.0/24");
        IpPrefix everything = dev.remora.server.netmap.TestTailnet.prefix("0.0.0.0/0");
        TestClient router = TestClient.polling(service, two);
        router.awaitMessages(1);
        tailnet.report(
                two.id(),
                request(two, host("two").routableIps(List.of(subnet, everything)).build()));
        awaitPeer(peer -> List.of(subnet, everything).equals(peer.hostInfo().routableIps()));
        assertThat(peer(client.map()).orElseThrow().allowedIps()).hasSize(2);

        tailnet.nodesAdmin().approveRoutes(two.id(), Set.of(subnet, everything), ADMIN);
        dev.remora.engine.netmap.Node told = awaitPeer(peer -> peer.allowedIps().contains(subnet));
        assertThat(told.allowedIps()).contains(everything);
        assertThat(told.primaryRoutes()).containsExactly(subnet);

        tailnet.nodesAdmin().approveRoutes(two.id(), Set.of(), ADMIN);
        awaitPeer(peer -> peer.allowedIps().size() == 2);
    }

    @Test
    void usersNamesAndRelaysAreToldWhenTheyChange() throws Exception {
        tailnet.users().rename(user.id(), "alicia", ADMIN);
        client.awaitMap(map ->
                map.users().values().stream()
                        .anyMatch(profile -> "alicia".equals(profile.displayName())));
        tailnet.dns(new DnsConfig(null, null, null, List.of("corp"), true, null, null, null, null));
        client.awaitMap(map -> List.of("tail.example", "corp").equals(map.dns().domains()));
        tailnet.relays(RelayMaps.same(dev.remora.server.netmap.TestTailnet.relays("192.0.2.9")));
        client.awaitMap(map -> map.derpMap().regions().size() == 1);
    }

    @Test
    void aNewNodeIsToldWhenItHasAskedForAMapAndGoneWhenDeleted() throws Exception {
        Node three = join("three");
        service.ping(one.id(), "", "", Duration.ofMinutes(5));
        client.awaitPings(1);
        assertThat(client.map().peers()).as("it has not asked for a map yet").hasSize(1);
        tailnet.report(three.id(), request(three, host("three").build()));
        NetMap both = client.awaitMap(map -> map.peers().size() == 2);
        assertThat(both.users()).hasSize(1);

        tailnet.nodesAdmin().delete(three.id(), ADMIN);
        client.awaitMap(map -> map.peers().size() == 1);
    }
}
