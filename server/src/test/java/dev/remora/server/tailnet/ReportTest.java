package dev.remora.server.tailnet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapRequest;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What nodes tell, and what of it is told to others: section 4.8 of the reference.
class ReportTest extends InATailnet {
    private TestClient client;

    @BeforeEach
    void join() throws Exception {
        client = new TestClient(world.tailnet(), "n");
        client.register(world.keyFor(alice).secret());
        client.at("192.0.2.1:41641");
        client.homeDerp = 900;
        world.news();
    }

    private List<Change> newsOf(Runnable report) {
        world.news();
        report.run();
        return world.news();
    }

    private Change patched(Change.Part first, Change.Part... more) {
        return new Change.Patched(client.node().id(), EnumSet.of(first, more));
    }

    @Test
    void theFirstReportMakesItAPeer() {
        assertThat(newsOf(client::report))
                .containsExactly(new Change.NodeChanged(client.node().id()));
        assertThat(newsOf(client::report)).as("nothing new").isEmpty();
    }

    @Test
    void smallChangesArePatches() throws Exception {
        client.report();
        client.at("192.0.2.1:41641", "198.51.100.7:41641");
        assertThat(newsOf(client::report)).containsExactly(patched(Change.Part.ENDPOINTS));
        client.at("198.51.100.7:41641", "192.0.2.1:41641");
        assertThat(newsOf(client::report)).as("another order").isEmpty();
        client.homeDerp = 901;
        assertThat(newsOf(client::report)).containsExactly(patched(Change.Part.HOME_DERP));
        client.version = 139;
        assertThat(newsOf(client::report)).containsExactly(patched(Change.Part.CAP));
        client.disco = new TestClient(world.tailnet(), "x").disco;
        assertThat(newsOf(client::report)).containsExactly(patched(Change.Part.DISCO_KEY));
    }

    @Test
    void aRotatedKeyIsAPatch() throws Exception {
        client.report();
        client.newNodeKey();
        world.news();
        client.register(world.keyFor(alice).secret());

        assertThat(world.news()).containsExactly(patched(Change.Part.NODE_KEY));
    }

    @Test
    void routesConcernTheNodeItselfToo() throws Exception {
        client.report();
        client.announce("10.0.0.0/8");
        long id = client.node().id();
        assertThat(newsOf(client::report))
                .containsExactly(new Change.NodeChanged(id), new Change.SelfChanged(id));
    }

    @Test
    void whatIsNotMeasuredAgainStays() {
        client.report();
        client.homeDerp = 0;
        assertThat(newsOf(client::report)).isEmpty();
        assertThat(client.node().report().homeDerp()).isEqualTo(900);
        assertThat(client.node().report().hostInfo().netInfo()).isNotNull();
    }

    @Test
    void endpointsThatNobodyCanUseAreLeftOut() throws Exception {
        client.at(
                "[fe80::1]:41641",
                "192.0.2.1:0",
                "0.0.0.0:1",
                "192.0.2.1:41641",
                "192.0.2.1:41641");
        client.report();
        assertThat(client.node().report().endpoints())
                .extracting(Object::toString)
                .containsExactly("192.0.2.1:41641");
        for (int i = 1; i <= 100; i++) {
            client.endpoints.add(IpPort.parse("192.0.2.1:" + i));
        }
        client.report();
        assertThat(client.node().report().endpoints()).hasSize(64);
    }

    @Test
    void whoTellsOfItsRelayAloneKeepsItsName() throws Exception {
        client.report();
        reportJson("\"Hostinfo\": {\"NetInfo\": {\"PreferredDERP\": 901}}");
        assertThat(client.node().name().label()).isEqualTo("n");
        assertThat(client.node().report().hostInfo().os()).isEqualTo("linux");
        assertThat(client.node().report().homeDerp()).isEqualTo(901);
    }

    /// As recorded from the client written in Rust, release 0.5.0.
    @Test
    void namesWithOtherCapitalsAreUnderstood() throws Exception {
        reportJson(
                """
                "HostInfo": {"IpnVersion": "0.5.0", "App": "tailscale-rs", "Hostname": "peer_ping_example",
                 "NetInfo": {"PreferredDerp": 901, "DerpLatency": {"901-v4": 0.001640247}}}
                """);
        assertThat(client.node().name().label()).isEqualTo("peer-ping-example");
        assertThat(client.node().report().hostInfo().ipnVersion()).isEqualTo("0.5.0");
        assertThat(client.node().report().homeDerp()).isEqualTo(901);
    }

    private void reportJson(String members) throws Exception {
        String json =
                "{\"Version\": 142, \"DiscoKey\": \"discokey:%s\", %s}"
                        .formatted("0".repeat(64), members);
        MapRequest request = ControlJson.read(MapRequest.class, json.getBytes(UTF_8));
        world.tailnet().report(client.node().id(), request);
    }

    @Test
    void anAddressOfOneInterfaceIsLeftOut() throws Exception {
        reportJson("\"Endpoints\": [\"[fe80::1%eth0]:41641\", \"198.51.100.7:41641\"]");
        assertThat(client.node().report().endpoints())
                .extracting(Object::toString)
                .containsExactly("198.51.100.7:41641");
    }

    @Test
    void aPollThatKnowsNoEndpointsForgetsNone() {
        client.report();
        client.endpoints.clear();
        client.poll();
        assertThat(client.node().report().endpoints()).hasSize(1);
        client.report();
        assertThat(client.node().report().endpoints()).isEmpty();
    }

    @Test
    void changesAreToldInOrderAndByOneAtATime() throws Exception {
        Set<Long> ids = Set.of(client.node().id());
        world.tailnet()
                .listen(change -> {
                    if (change instanceof Change.NodeChanged(long id) && ids.contains(id)) {
                        client.homeDerp = 901;
                        client.report(); // a change from within a listener comes after
                    }
                });
        client.homeDerp = 900;
        assertThat(newsOf(client::report))
                .containsExactly(
                        new Change.NodeChanged(client.node().id()), patched(Change.Part.HOME_DERP));
    }
}
