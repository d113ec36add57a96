package dev.remora.engine.netmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How single members are folded; the cases are those of the protocol's descriptions and of Go's tests.
class NetMapTest extends NetMapFixture {
    @Test
    void startsOnlyWithOurOwnNode() {
        assertThatThrownBy(() -> NetMap.first(message("{'Domain':'x'}"), NOW))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> NetMap.first(message("{'Node':{'ID':1}}"), NOW))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void staysTheSameOnAKeepAlive() throws Exception {
        NetMap map = map("");

        assertThat(map.apply(message("{'KeepAlive':true,'Domain':'other'}"), NOW)).isSameAs(map);
    }

    @Test
    void keepsEverythingThatAMessageDoesNotSay() throws Exception {
        NetMap map =
                map(
                        "'Peers':["
                                + node(2, "")
                                + "],'Domain':'d','Health':['ill'],'PacketFilter':[],"
                                + "'DNSConfig':{'Proxied':true},'CollectServices':true,"
                                + "'UserProfiles':[{'ID':7}],'SSHPolicy':{'rules':[]},"
                                + "'TKAInfo':{'Head':'AA'},'DomainDataPlaneAuditLogID':'log'");

        NetMap after = map.apply(message("{'Peers':[],'Domain':'','DisplayMessages':{}}"), NOW);

        assertThat(after.peers().all()).isEqualTo(map.peers().all());
        assertThat(after).usingRecursiveComparison().isEqualTo(map);
    }

    @Test
    void keepsOurOwnNodeWhenANewOneMakesNoSense() throws Exception {
        NetMap map = map("");

        assertThat(map.apply(message("{'Node':{'ID':1,'Name':'x.'}}"), NOW).self())
                .isEqualTo(map.self());
    }

    /// Section 9.6 of the protocol reference: {r1,r2}, {r2}, {r3}.
    @Test
    void foldsNamedRuleSets() throws Exception {
        NetMap both = map("'PacketFilters':{'a':[" + rule("1") + "],'b':[" + rule("2") + "]}");
        NetMap second = both.apply(message("{'PacketFilters':{'a':null}}"), NOW);
        NetMap third =
                second.apply(message("{'PacketFilters':{'*':null,'c':[" + rule("3") + "]}}"), NOW);

        assertThat(sources(both)).containsExactly("1", "2");
        assertThat(sources(second)).containsExactly("2");
        assertThat(sources(third)).containsExactly("3");
    }

    @Test
    void theNamelessFilterIsTheSetBase() throws Exception {
        NetMap map =
                map("'PacketFilter':[" + rule("1") + "],'PacketFilters':{'z':[" + rule("2") + "]}");

        assertThat(sources(map)).containsExactly("1", "2");
        assertThat(sources(map.apply(message("{'PacketFilters':{'base':null}}"), NOW)))
                .containsExactly("2");
        assertThat(sources(map.apply(message("{'PacketFilter':[]}"), NOW))).containsExactly("2");
        assertThat(sources(map.apply(message("{'PacketFilters':{}}"), NOW)))
                .containsExactly("1", "2");
        assertThat(
                        sources(
                                map.apply(
                                        message(
                                                "{'PacketFilter':["
                                                        + rule("3")
                                                        + "],'PacketFilters':{'*':null}}"),
                                        NOW)))
                .isEmpty();
    }

    @Test
    void nobodyMayOpenAnythingBeforeAFilterCame() throws Exception {
        assertThat(map("").filterRules()).isEmpty();
    }

    /// Section 9.6 of the protocol reference: R,S; R,S; R,S; R,none.
    @Test
    void foldsRelaysAndScoresApart() throws Exception {
        NetMap map =
                map(
                        "'DERPMap':{'HomeParams':{'RegionScore':{'1':0.5,'2':-1,'x':2}},"
                                + "'Regions':{'1':{'RegionID':1},'2':null,'x':{}}}");
        NetMap nothing = map.apply(message("{'DERPMap':{}}"), NOW);
        NetMap params = nothing.apply(message("{'DERPMap':{'HomeParams':{}}}"), NOW);
        NetMap cleared =
                params.apply(message("{'DERPMap':{'HomeParams':{'RegionScore':{}}}}"), NOW);

        assertThat(map.derpMap().regions()).containsOnlyKeys(new DerpRegionId(1));
        assertThat(map.derpMap().homeScore(new DerpRegionId(1))).isEqualTo(0.5);
        assertThat(map.derpMap().homeScore(new DerpRegionId(2))).isEqualTo(1);
        assertThat(nothing.derpMap()).isEqualTo(map.derpMap());
        assertThat(params.derpMap()).isEqualTo(map.derpMap());
        assertThat(cleared.derpMap().regions()).isEqualTo(map.derpMap().regions());
        assertThat(cleared.derpMap().homeScores()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'STUNPort':0,'DERPPort':0; OptionalInt[3478]; 443",
                "'STUNPort':-1,'DERPPort':8443; OptionalInt.empty; 8443",
                "'STUNPort':5,'DERPPort':65535; OptionalInt[5]; 65535",
            })
    void knowsTheDefaultPortsOfRelays(String ports, String stun, int derp) throws Exception {
        DerpNode node = relay(ports).orElseThrow();

        assertThat(node.stunPort()).hasToString(stun);
        assertThat(node.derpPort()).isEqualTo(derp);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'DERPPort':65536", "'DERPPort':-1", "'STUNPort':70000"})
    void leavesOutARelayThatCannotBe(String ports) throws Exception {
        assertThat(relay(ports)).isEmpty();
    }

    @Test
    void switchesAFamilyOffByAnAddressThatIsNone() throws Exception {
        DerpNode node = relay("'IPv4':'none','IPv6':'2001:db8::1'").orElseThrow();

        assertThat(node.ipv4()).isEqualTo(new DerpAddress.Off());
        assertThat(node.ipv6()).isInstanceOf(DerpAddress.Fixed.class);
    }

    @Test
    void foldsMessagesForPeople() throws Exception {
        NetMap map = map("'DisplayMessages':{'a':{'Title':'A'},'b':{'Title':'B'}}");
        NetMap second = map.apply(message("{'DisplayMessages':{'a':null}}"), NOW);
        NetMap third =
                second.apply(message("{'DisplayMessages':{'*':null,'c':{'Title':'C'}}}"), NOW);

        assertThat(map.messages()).containsOnlyKeys("a", "b");
        assertThat(second.messages()).containsOnlyKeys("b");
        assertThat(third.messages()).containsOnlyKeys("c");
    }

    @Test
    void takesTextsOfOlderServersForMessages() throws Exception {
        NetMap map = map("'Health':['bad']");

        assertThat(map.messages())
                .containsOnlyKeys(
                        "health-2f05d4b689d270cafb02285f35f44866f7dc8a2d368a3f9d1124373eeab31fb1");
        assertThat(map.apply(message("{'Health':[]}"), NOW).messages()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'Name':'web.corp.test.'; web",
                "'Name':'web.other.test.'; web.other.test",
                "'Name':'','Hostinfo':{'Hostname':'host'}; host",
            })
    void callsNodesByTheirFirstLabel(String members, String name) throws Exception {
        NetMap map = map("'Peers':[" + node(2, members) + "]");

        assertThat(map.displayName(only(map))).isEqualTo(name);
    }

    @Test
    void showsTheSharerOfASharedNode() throws Exception {
        NetMap map =
                map(
                        "'UserProfiles':[{'ID':7,'LoginName':'seven'},{'ID':8,'LoginName':'eight'}],"
                                + "'Peers':["
                                + node(2, "'User':7,'Sharer':8")
                                + "]");

        assertThat(map.userOf(only(map)).orElseThrow().loginName()).isEqualTo("eight");
    }

    private static Optional<DerpNode> relay(String members) throws MalformedException {
        NetMap map =
                map("'DERPMap':{'Regions':{'1':{'RegionID':1,'Nodes':[null,{" + members + "}]}}}");
        return map.derpMap().region(new DerpRegionId(1)).orElseThrow().nodes().stream().findFirst();
    }
}
