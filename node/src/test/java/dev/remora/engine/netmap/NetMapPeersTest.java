package dev.remora.engine.netmap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How peers come, change and go, and how their keys end; the cases are those of the protocol's descriptions and of Go's tests.
class NetMapPeersTest extends NetMapFixture {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'Addresses':['100.64.0.9/32']; [100.64.0.9/32]",
                "'Addresses':['100.64.0.9/32'],'AllowedIPs':null; [100.64.0.9/32]",
                "'Addresses':['100.64.0.9/32'],'AllowedIPs':[]; []",
                "'Addresses':['100.64.0.9/32'],'AllowedIPs':['10.0.0.1/8']; [10.0.0.0/8]",
                "'Addresses':['100.64.0.9/32'],'AllowedIPs':['::/0'],'UnsignedPeerAPIOnly':true; [100.64.0.9/32]",
            })
    void routesToAPeerWhatIsAllowed(String members, String allowed) throws Exception {
        NetMap map = map("'Peers':[" + node(2, members) + "]");

        assertThat(only(map).allowedIps()).hasToString(allowed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'DERP':'127.3.3.40:2'; 2",
                "'DERP':'127.3.3.40:2','HomeDERP':1; 1",
                "'DERP':'10.0.0.1:2'; 0",
                "'DERP':'127.3.3.40:x'; 0",
                "'HomeDERP':-5; 0",
                "'HomeDERP':5000000000; 0",
            })
    void knowsWhereAPeerWaits(String members, int region) throws Exception {
        NetMap map = map("'Peers':[" + node(2, members) + "]");

        assertThat(only(map).homeDerp().map(DerpRegionId::value).orElse(0)).isEqualTo(region);
    }

    @Test
    void patchesSingleMembers() throws Exception {
        NetMap map =
                map("'Peers':[" + node(2, "'Endpoints':['1.1.1.1:1'],'CapMap':{'a':[]}") + "]");

        NetMap after =
                map.apply(
                        message(
                                "{'PeersChangedPatch':[{'NodeID':2,'DERPRegion':5,'Cap':120,"
                                        + "'CapMap':{},'Endpoints':[],'Online':true,"
                                        + "'LastSeen':'2026-11-22T11:00:00Z','DiscoKey':'discokey:"
                                        + "ab".repeat(32)
                                        + "','KeyExpiry':'2027-01-01T00:00:00Z'},{'NodeID':99}]}"),
                        NOW);

        Node node = only(after);
        assertThat(node.homeDerp()).contains(new DerpRegionId(5));
        assertThat(node.capabilityVersion()).isEqualTo(120);
        assertThat(node.capabilities()).isEmpty();
        assertThat(node.endpoints()).isEmpty();
        assertThat(node.online()).contains(true);
        assertThat(node.lastSeen()).contains(Instant.parse("2026-11-22T11:00:00Z"));
        assertThat(node.discoKey().orElseThrow().bytes().hex()).startsWith("abab");
        assertThat(node.keyExpiry()).contains(Instant.parse("2027-01-01T00:00:00Z"));
        assertThat(node.expired()).isFalse();
    }

    @Test
    void patchesNothingThatIsNotSaid() throws Exception {
        NetMap map = map("'Peers':[" + node(2, "'Endpoints':['1.1.1.1:1'],'Online':true") + "]");

        NetMap after = map.apply(message("{'PeersChangedPatch':[{'NodeID':2},null]}"), NOW);

        assertThat(only(after)).isEqualTo(only(map));
    }

    /// Headscale tells a new login of a peer in this way.
    @Test
    void revivesAPeerWhoseNewKeyComesAsAPatch() throws Exception {
        NetMap map = map("'Peers':[" + node(2, "'KeyExpiry':'2026-11-22T11:00:00Z'") + "]");
        String key = "nodekey:" + "cd".repeat(32);

        NetMap after =
                map.apply(
                        message(
                                "{'PeersChangedPatch':[{'NodeID':2,'Key':'"
                                        + key
                                        + "','KeyExpiry':'2027-01-01T00:00:00Z'}]}"),
                        NOW);

        assertThat(only(map).expired()).isTrue();
        assertThat(only(after).expired()).isFalse();
        assertThat(after.peer(only(after).key())).isPresent();
        assertThat(after.peer(only(map).key())).isEmpty();
    }

    @Test
    void appliesWhatOneMessageSaysOfPeersInTheProtocolsOrder() throws Exception {
        NetMap map = map("'Peers':[" + node(2, "") + "," + node(3, "'Online':true") + "]");

        NetMap after =
                map.apply(
                        message(
                                "{'PeersRemoved':[2,77],'PeersChanged':["
                                        + node(4, "'Online':false")
                                        + "],'PeerSeenChange':{'3':true,'x':true},"
                                        + "'OnlineChange':{'4':true,'3':false},"
                                        + "'PeersChangedPatch':[{'NodeID':4,'Online':false}]}"),
                        NOW);

        assertThat(after.peers().all()).extracting(Node::id).containsExactly(id(3), id(4));
        assertThat(after.peers().get(id(3)).orElseThrow().online()).contains(false);
        assertThat(after.peers().get(id(3)).orElseThrow().lastSeen()).contains(NOW);
        assertThat(after.peers().get(id(4)).orElseThrow().online()).contains(false);
    }

    @Test
    void forgetsWhenAPeerWasSeen() throws Exception {
        NetMap map = map("'Peers':[" + node(2, "'LastSeen':'2026-11-22T11:00:00Z'") + "]");

        assertThat(only(map.apply(message("{'PeerSeenChange':{'2':false}}"), NOW)).lastSeen())
                .isEmpty();
    }

    @Test
    void ignoresChangesBesideAFullList() throws Exception {
        NetMap map = map("'Peers':[" + node(2, "") + "]");

        NetMap after =
                map.apply(message("{'Peers':[" + node(3, "") + "],'PeersRemoved':[3]}"), NOW);

        assertThat(after.peers().all()).extracting(Node::id).containsExactly(id(3));
    }

    @Test
    void passesOverPeersThatNobodyCouldTalkTo() throws Exception {
        NetMap map = map("'Peers':[null,{'ID':5},{'ID':6,'Key':null}," + node(2, "") + "]");

        assertThat(map.peers().all()).extracting(Node::id).containsExactly(id(2));
    }

    @Test
    void aKeyEndsByTheClockAlone() throws Exception {
        NetMap map = map("'Peers':[" + node(2, "'KeyExpiry':'2026-11-22T12:30:00Z'") + "]");

        assertThat(only(map).expired()).isFalse();
        assertThat(map.at(NOW.plus(Duration.ofMinutes(29)))).isSameAs(map);
        assertThat(only(map.at(NOW.plus(Duration.ofMinutes(30)))).expired()).isTrue();
    }

    @Test
    void theYearOneMeansNever() throws Exception {
        NetMap map = map("'Peers':[" + node(2, "'KeyExpiry':'0001-01-01T00:00:00Z'") + "]");

        assertThat(only(map).keyExpiry()).isEmpty();
        assertThat(only(map).expired()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-22T12:45:00Z, true", // the server's clock is ahead by more than a minute
        "2026-11-22T12:00:30Z, false", // by less
        "2020-08-03T00:00:00Z, false", // such a clock is not believed
    })
    void judgesKeysByTheServersClock(Instant controlTime, boolean expired) throws Exception {
        NetMap map =
                map(
                        "'ControlTime':'"
                                + controlTime
                                + "','Peers':["
                                + node(2, "'KeyExpiry':'2026-11-22T12:30:00Z'")
                                + "]");

        assertThat(only(map).expired()).isEqualTo(expired);
    }

    @Test
    void aServersWordThatAKeyEndedHoldsAgainstTheClock() throws Exception {
        NetMap map =
                map(
                        "'Peers':["
                                + node(2, "'Expired':true,'KeyExpiry':'2030-01-01T00:00:00Z'")
                                + "]");

        assertThat(only(map.at(NOW)).expired()).isTrue();
    }

    @Test
    void findsTenThousandPeersAndPatchesOneWithoutCopyingThemAll() throws Exception {
        List<String> nodes = new ArrayList<>();
        for (int i = 2; i < 10_002; i++) {
            nodes.add(node(i, "'Addresses':['100.70." + i / 256 + "." + i % 256 + "/32']"));
        }
        NetMap map = map("'Peers':[" + String.join(",", nodes) + "]");

        NetMap after =
                map.apply(
                        message(
                                "{'PeersChangedPatch':[{'NodeID':5000,'Endpoints':['1.2.3.4:5']}]}"),
                        NOW);

        assertThat(after.peers().size()).isEqualTo(10_000);
        assertThat(PeerDelta.between(map.peers(), after.peers())).hasSize(1);
        assertThat(after.owner(IpPrefix.parse("100.70.19.136/32").ip()).orElseThrow().endpoints())
                .containsExactly(IpPort.parse("1.2.3.4:5"));
        assertThat(after.peers().sharesIndexWith(map.peers())).isTrue();
    }
}
