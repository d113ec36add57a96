package dev.remora.engine.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.proto.control.DnsRecord;
import dev.remora.proto.control.NetPortRange;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The recorded story of testcontrold and tailscaled: a server that sends whole maps only, uses the
/// nameless packet filter, and whose clock shows the year 2020.
class TestcontrolStoryTest {
    private static final Story STORY = Story.of("testcontrold");
    private static final NodeId T2 = new NodeId(2);

    @Test
    void aSecondNodeAppearsWithTheTagItAskedFor() throws Exception {
        NetMap map = STORY.after(2, "t1");

        assertThat(STORY.after(1, "t1").peers().size()).isZero();
        assertThat(map.peers().get(T2).orElseThrow().tags()).containsExactly("tag:web");
        assertThat(map.peers().get(new StableNodeId("TESTCTRL00000002"))).isPresent();
        assertThat(map.collectServices()).isTrue();
        assertThat(map.derpMap().regions()).hasSize(1);
    }

    @Test
    void theFilterIsDeniedNarrowedAndOpenedAgain() throws Exception {
        assertThat(destinations(3)).containsExactly("*");
        assertThat(destinations(4)).containsExactly("192.0.2.1"); // nobody's address: nothing fits
        assertThat(destinations(5)).containsExactly("192.0.2.1", "*");
        assertThat(STORY.after(5, "t1").filterRules().get(1).srcIps())
                .containsExactly("100.64.0.1/32");
        assertThat(STORY.after(6, "t1").filterRules())
                .isEqualTo(STORY.after(3, "t1").filterRules());
    }

    private static List<String> destinations(int step) throws MalformedException {
        return STORY.after(step, "t1").filterRules().stream()
                .flatMap(rule -> Lists.present(rule.dstPorts()).stream())
                .map(NetPortRange::ip)
                .toList();
    }

    @Test
    void anApprovedRouteIsAllowed() throws Exception {
        IpPrefix route = IpPrefix.parse("192.168.60.0/24");

        assertThat(STORY.after(6, "t1").peers().get(T2).orElseThrow().allowedIps())
                .doesNotContain(route);
        assertThat(STORY.after(7, "t1").peers().get(T2).orElseThrow().allowedIps()).contains(route);
    }

    @Test
    void capabilitiesOfBothFormsAreKept() throws Exception {
        Map<NodeCapability, ?> capabilities = STORY.after(8, "t1").self().capabilities();

        assertThat(capabilities)
                .containsKeys(
                        new NodeCapability("funnel"),
                        new NodeCapability("debug-disable-upnp"),
                        new NodeCapability("https://tailscale.com/cap/ssh"));
    }

    @Test
    void anExtraNameIsKnown() throws Exception {
        assertThat(STORY.after(9, "t1").dns().extraRecords())
                .containsExactly(new DnsRecord("x.tc.test", "A", "100.64.0.77"));
    }

    @Test
    void anEndedKeyIsTakenBack() throws Exception {
        assertThat(STORY.after(12, "t1").peers().get(T2).orElseThrow().expired()).isTrue();
        assertThat(STORY.after(13, "t1").peers().get(T2).orElseThrow().expired()).isFalse();
    }

    @Test
    void aNewKeyReplacesTheOldOne() throws Exception {
        assertThat(STORY.after(14, "t1").peers().get(T2).orElseThrow().key())
                .isNotEqualTo(STORY.after(13, "t1").peers().get(T2).orElseThrow().key())
                .isEqualTo(STORY.after(14, "t2").self().key());
    }

    /// The recording ends with what the server itself thought of its nodes.
    @Test
    void theEndIsAsTheServerSawIt() throws Exception {
        Node t1 = STORY.after(18, "t1").self();

        assertThat(t1.name()).isEqualTo("t1.tc.test.");
        assertThat(t1.homeDerp()).contains(new DerpRegionId(901));
        assertThat(t1.endpoints())
                .containsExactly(
                        IpPort.parse("10.77.0.15:49522"), IpPort.parse("10.77.0.115:49522"));
        assertThat(t1.key().text())
                .isEqualTo(
                        "nodekey:ade544a01e254dec25d03763606fe568f80989db9532d8b33493f99db70b4c71");
    }

    @Test
    void aClockOfThePastIsNotBelieved() throws Exception {
        NetMap map = STORY.after(13, "t1");

        assertThat(map.clockSkew()).isNegative();
        assertThat(map.isSelfExpired(Story.RECEIVED)).isFalse();
    }
}
