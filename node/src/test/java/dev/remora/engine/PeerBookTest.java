package dev.remora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.IpAddress;
import dev.remora.engine.filter.Verdict;
import dev.remora.engine.netmap.NetMap;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.UdpPacket;
import dev.remora.testing.Packets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerBookTest {
    private final PeerBook book = new PeerBook();
    private final List<PeerBook.Change> changes = new ArrayList<>();

    private List<String> learn(NetMap map) {
        changes.clear();
        book.onNetMap(map, changes::add);
        return changes.stream().map(PeerBookTest::text).toList();
    }

    private static String text(PeerBook.Change change) {
        return switch (change) {
            case PeerBook.Change.Present(var peer) -> "present " + number(peer.key());
            case PeerBook.Change.Expired(var key) -> "expired " + number(key);
            case PeerBook.Change.Gone(var key) -> "gone " + number(key);
        };
    }

    private static int number(dev.remora.crypto.NodeKey key) {
        for (int number = 1; number < 10; number++) {
            if (Maps.key(number).equals(key)) {
                return number;
            }
        }
        return 0;
    }

    private static String peers(String... nodes) {
        return String.join(",", nodes);
    }

    private boolean maySend(int peer, IpAddress from) {
        return book.routes().maySend(Maps.key(peer), udp(from));
    }

    private boolean accepts(IpAddress from, int peer) {
        return book.filter()
                .inbound(udp(from), book.isJailed(Maps.key(peer)))
                .equals(Verdict.ACCEPT);
    }

    private static IpPacket udp(IpAddress from) {
        Packets sink = new Packets();
        UdpPacket.write(
                new IpHeader(from, Maps.ip(1), IpProtocol.UDP, 0),
                1000,
                53,
                ByteBuffer.allocate(1),
                sink);
        return Packets.packet(sink.single());
    }

    @Test
    void tellsWhoIsNewOtherAndGone() {
        assertThat(learn(Maps.of(peers(Maps.node(2, ""), Maps.node(3, "")), "")))
                .containsExactly("present 2", "present 3");
        assertThat(learn(Maps.of(peers(Maps.node(2, ""), Maps.node(3, "")), ""))).isEmpty();
        String moved = Maps.node(3, ",'Endpoints':['192.0.2.1:1']");
        assertThat(learn(Maps.of(peers(Maps.node(2, ""), moved), ""))).containsExactly("present 3");
        assertThat(learn(Maps.of(peers(moved, Maps.node(4, "")), "")))
                .containsExactly("gone 2", "present 4");
        assertThat(book.isKnown(Maps.key(2))).isFalse();
        assertThat(maySend(2, Maps.ip(2))).isFalse();
        assertThat(maySend(3, Maps.ip(3))).isTrue();
    }

    @Test
    void aPeerWhoseKeyEndsIsNoLongerTalkedTo() {
        learn(Maps.of(Maps.node(2, ""), ""));
        assertThat(learn(Maps.of(Maps.node(2, ",'Expired':true"), "")))
                .containsExactly("present 2", "expired 2");
        assertThat(book.isKnown(Maps.key(2))).isFalse();
        assertThat(learn(Maps.of(Maps.node(2, ""), ""))).containsExactly("present 2");
        assertThat(book.isKnown(Maps.key(2))).isTrue();
    }

    @Test
    void aPeerThatTakesOverAnAddressHasItAlone() {
        learn(Maps.of(peers(Maps.node(2, ""), Maps.node(3, "")), ""));
        String heir = Maps.node(3, "").replace("100.64.0.3", "100.64.0.2");
        learn(Maps.of(heir, ""));
        assertThat(book.routes().peerOf(Maps.ip(2))).contains(Maps.key(3));
        assertThat(book.routes().peerOf(Maps.ip(3))).isEmpty();
    }

    @Test
    void peersMayExchangeTheirAddresses() {
        learn(Maps.of(peers(Maps.node(2, ""), Maps.node(3, "")), ""));
        learn(
                Maps.of(
                        peers(
                                Maps.node(2, "").replace("100.64.0.2", "100.64.0.3"),
                                Maps.node(3, "").replace("100.64.0.3", "100.64.0.2")),
                        ""));
        assertThat(book.routes().peerOf(Maps.ip(3))).contains(Maps.key(2));
        assertThat(book.routes().peerOf(Maps.ip(2))).contains(Maps.key(3));
        assertThat(maySend(2, Maps.ip(3)) && maySend(3, Maps.ip(2))).isTrue();
        assertThat(maySend(2, Maps.ip(2)) || maySend(3, Maps.ip(3))).isFalse();
    }

    @Test
    void rulesHoldAtOnceAndAreTakenBackAtOnce() {
        learn(Maps.of(Maps.node(2, ""), ""));
        assertThat(accepts(Maps.ip(2), 2)).isFalse();
        learn(Maps.of(Maps.node(2, ""), Maps.ALL));
        assertThat(accepts(Maps.ip(2), 2)).isTrue();
        learn(Maps.of(Maps.node(2, ""), ""));
        assertThat(accepts(Maps.ip(2), 2)).isFalse();
    }

    @Test
    void shieldsAndJailsKeepOutWhomRulesLetIn() {
        learn(Maps.of(peers(Maps.node(2, ""), Maps.node(3, ",'IsJailed':true")), Maps.ALL));
        assertThat(accepts(Maps.ip(2), 2)).isTrue();
        assertThat(accepts(Maps.ip(3), 3)).isFalse();

        book.onPrefs(new NetworkPrefs(false, true));
        assertThat(accepts(Maps.ip(2), 2)).isFalse();
        book.onPrefs(NetworkPrefs.DEFAULTS);
        assertThat(accepts(Maps.ip(2), 2)).isTrue();
    }

    @Test
    void subnetsAreUsedOnlyIfTheUserWantsThem() {
        String router =
                Maps.node(2, "")
                        .replace(
                                "'AllowedIPs':['100.64.0.2/32']",
                                "'AllowedIPs':['100.64.0.2/32','10.1.0.0/16','0.0.0.0/0']");
        learn(Maps.of(router, ""));
        assertThat(book.routes().peerOf(Packets.ip("10.1.2.3"))).isEmpty();

        book.onPrefs(new NetworkPrefs(true, false));
        assertThat(book.routes().peerOf(Packets.ip("10.1.2.3"))).contains(Maps.key(2));
        assertThat(book.routes().peerOf(Packets.ip("8.8.8.8"))).as("exit nodes").isEmpty();

        book.onPrefs(NetworkPrefs.DEFAULTS);
        assertThat(book.routes().peerOf(Packets.ip("10.1.2.3"))).isEmpty();
        assertThat(book.routes().peerOf(Maps.ip(2))).contains(Maps.key(2));
    }

    @Test
    void whoIsNoMemberKnowsNobody() {
        learn(Maps.of(peers(Maps.node(2, ""), Maps.node(3, ",'IsJailed':true")), Maps.ALL));
        changes.clear();
        book.clear(changes::add);
        assertThat(changes).hasSize(2).allMatch(PeerBook.Change.Gone.class::isInstance);
        assertThat(book.netMap()).isEmpty();
        assertThat(book.ownAddresses()).isEmpty();
        assertThat(book.isJailed(Maps.key(3))).isFalse();
        assertThat(accepts(Maps.ip(2), 2)).isFalse();
    }

    @Test
    void afterASecondLoginTheOldRulesHoldNoMore() {
        learn(Maps.of(Maps.node(2, ""), Maps.ALL));
        book.clear(changes::add);
        learn(Maps.of(Maps.node(2, ""), ""));
        assertThat(accepts(Maps.ip(2), 2)).isFalse();
    }

    /// Tailnet lock: an honest server has no rule for a node that is not signed.
    @ParameterizedTest
    @ValueSource(strings = {"*", "100.64.0.3", "100.64.0.0/24", "100.64.0.2-100.64.0.9"})
    void aRuleForAnUnsignedNodeMakesAllRulesVoid(String source) {
        String rules = Maps.ALL.replace("'*'],'Dst", "'" + source + "'],'Dst");
        String open = Maps.ALL.replace("'*'],'Dst", "'100.64.0.2'],'Dst") + "," + rules;
        learn(Maps.of(peers(Maps.node(2, ""), Maps.node(3, "")), open));
        assertThat(accepts(Maps.ip(2), 2)).isTrue();
        assertThat(book.filterProblem()).isEmpty();

        String unsigned = Maps.node(3, ",'UnsignedPeerAPIOnly':true");
        learn(Maps.of(peers(Maps.node(2, ""), unsigned), open));
        assertThat(accepts(Maps.ip(2), 2)).isFalse();
        assertThat(book.filterProblem()).get().asString().contains("tailnet lock");

        learn(Maps.of(peers(Maps.node(2, ""), Maps.node(3, "")), open));
        assertThat(accepts(Maps.ip(2), 2)).as("signed again").isTrue();
    }

    @Test
    void anUnsignedNodeThatNoRuleNamesDisturbsNobody() {
        String rules =
                Maps.ALL.replace("'*'],'Dst", "'100.64.0.2'],'Dst")
                        + ",{'SrcIPs':['*'],'CapGrant':[{'Dsts':['100.64.0.1/32'],'Caps':['c']}]}";
        learn(Maps.of(peers(Maps.node(2, ""), Maps.node(3, ",'UnsignedPeerAPIOnly':true")), rules));
        assertThat(accepts(Maps.ip(2), 2)).isTrue();
        assertThat(accepts(Maps.ip(3), 3)).isFalse();
        assertThat(book.filterProblem()).isEmpty();
    }

    @Test
    void whatCannotBeReadInTheRulesIsTold() {
        learn(Maps.of(Maps.node(2, ""), Maps.ALL.replace("'*'],'Dst", "'a','b','*'],'Dst")));
        assertThat(accepts(Maps.ip(2), 2)).isTrue();
        assertThat(book.filterProblem()).get().asString().contains("\"a\"").endsWith("1 more.");
    }
}
