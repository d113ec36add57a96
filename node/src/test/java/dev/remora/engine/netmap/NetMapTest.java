package dev.remora.engine.netmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.IpPort;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.proto.control.ControlJson;
import dev.remora.proto.control.MapResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How single members are folded; the cases are those of the protocol's descriptions and of Go's tests.
class NetMapTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String RULE = "{'SrcIPs':['%s'],'DstPorts':[]}";

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

    private static Optional<DerpNode> relay(String members) throws MalformedException {
        NetMap map =
                map("'DERPMap':{'Regions':{'1':{'RegionID':1,'Nodes':[null,{" + members + "}]}}}");
        return map.derpMap().region(new DerpRegionId(1)).orElseThrow().nodes().stream().findFirst();
    }

    private static List<String> sources(NetMap map) {
        return map.filterRules().stream()
                .flatMap(rule -> Lists.present(rule.srcIps()).stream())
                .toList();
    }

    private static String rule(String source) {
        return RULE.formatted(source);
    }

    private static Node only(NetMap map) {
        assertThat(map.peers().size()).isEqualTo(1);
        return map.peers().all().getFirst();
    }

    private static NodeId id(long value) {
        return new NodeId(value);
    }

    /// A node with a key made of its number.
    private static String node(int id, String members) {
        return "{'ID':%d,'StableID':'n%d','Key':'nodekey:%064x'%s}"
                .formatted(id, id, id, members.isEmpty() ? "" : "," + members);
    }

    private static NetMap map(String members) throws MalformedException {
        String self = node(1, "'Name':'self.corp.test.'");
        return NetMap.first(
                message("{'Node':" + self + (members.isEmpty() ? "" : "," + members) + "}"), NOW);
    }

    private static MapResponse message(String json) throws MalformedException {
        return ControlJson.read(
                MapResponse.class, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }
}
