package dev.remora.engine.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.ip.IpHeader;
import dev.remora.proto.ip.IpPacket;
import dev.remora.proto.ip.IpProtocol;
import dev.remora.proto.ip.UdpPacket;
import dev.remora.testing.Packets;
import dev.remora.testing.Vectors;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    private static final NodeKey ALICE = peer(1);
    private static final NodeKey BOB = peer(2);

    private final RouteTable routes = new RouteTable();

    static List<Vectors> cases() {
        return Vectors.read("route/routes.json").list("cases");
    }

    /// The vectors' table has one owner for each prefix, who loses it when another gets it; ours is told each peer's whole share.
    @ParameterizedTest
    @MethodSource("cases")
    void findsTheLongestPrefixAsTheRealTableDoes(Vectors vector) throws MalformedException {
        Map<Long, Set<IpPrefix>> shares = new HashMap<>();
        for (Vectors op : vector.list("ops")) {
            if (op.text("op").equals("insert")) {
                IpPrefix prefix = IpPrefix.parse(op.text("prefix")).masked();
                shares.values().forEach(share -> share.remove(prefix));
                shares.computeIfAbsent(op.number("peer"), peer -> new HashSet<>()).add(prefix);
            } else {
                shares.put(op.number("peer"), new HashSet<>());
            }
            shares.forEach((peer, share) -> routes.set(peer(peer), List.of(), share));
        }

        for (Vectors lookup : vector.list("lookups")) {
            long owner = lookup.number("peer");
            assertThat(routes.peerOf(Packets.ip(lookup.text("ip"))))
                    .as(lookup.text("ip"))
                    .isEqualTo(owner < 0 ? Optional.empty() : Optional.of(peer(owner)));
        }
    }

    @Test
    void aNodesOwnAddressComesBeforeEveryRoute() throws MalformedException {
        IpAddress address = Packets.ip("100.64.0.1");
        routes.set(BOB, List.of(), List.of(IpPrefix.single(address), IpPrefix.parse("0.0.0.0/0")));
        routes.set(ALICE, List.of(address), List.of());

        assertThat(routes.peerOf(address)).contains(ALICE);
        assertThat(routes.peerOf(Packets.ip("100.64.0.2"))).contains(BOB);
        assertThat(routes.maySend(BOB, packetFrom("100.64.0.1"))).isFalse();
        assertThat(routes.maySend(ALICE, packetFrom("100.64.0.1"))).isTrue();
        assertThat(routes.maySend(ALICE, packetFrom("100.64.0.2"))).isFalse();
    }

    @Test
    void aPrefixGoesToTheNextClaimantWhenItsOwnerLetsGo() throws MalformedException {
        IpPrefix subnet = IpPrefix.parse("10.1.0.0/16");
        IpAddress inside = Packets.ip("10.1.2.3");
        routes.set(ALICE, List.of(), List.of(subnet));
        routes.set(BOB, List.of(), List.of(subnet));
        assertThat(routes.peerOf(inside)).contains(ALICE);

        routes.remove(ALICE);
        assertThat(routes.peerOf(inside)).contains(BOB);

        routes.remove(BOB);
        assertThat(routes.peerOf(inside)).isEmpty();
        assertThat(routes.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void staysRightUnderTenThousandPeersThatComeAndGo(long seed) {
        Random random = new Random(seed);
        Map<IpAddress, NodeKey> expected = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            int number = random.nextInt(10_000);
            IpAddress v4 = IpAddress.v4(0x64400000 + number);
            IpAddress v6 = IpAddress.v6(0xfd7a_115c_a1e0_0000L, number);
            if (random.nextInt(3) == 0) {
                routes.remove(peer(number));
                expected.remove(v4);
                expected.remove(v6);
            } else {
                routes.set(peer(number), List.of(v4, v6), List.of());
                expected.put(v4, peer(number));
                expected.put(v6, peer(number));
            }
        }

        for (int number = 0; number < 10_000; number++) {
            IpAddress v4 = IpAddress.v4(0x64400000 + number);
            IpAddress v6 = IpAddress.v6(0xfd7a_115c_a1e0_0000L, number);
            assertThat(routes.peerOf(v4)).isEqualTo(Optional.ofNullable(expected.get(v4)));
            assertThat(routes.peerOf(v6)).isEqualTo(Optional.ofNullable(expected.get(v6)));
        }
    }

    private static NodeKey peer(long number) {
        return new NodeKey(new Bytes32(number, 0, 0, 1));
    }

    private static IpPacket packetFrom(String src) {
        Packets written = new Packets();
        IpHeader header =
                new IpHeader(Packets.ip(src), Packets.ip("100.64.0.9"), IpProtocol.UDP, 0);
        UdpPacket.write(header, 1, 2, ByteBuffer.allocate(0), written);
        return Packets.packet(written.single());
    }
}
