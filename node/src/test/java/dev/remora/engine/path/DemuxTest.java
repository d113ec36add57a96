package dev.remora.engine.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.testing.Vectors;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DemuxTest {
    private static final String DISCO_62 = "5453f09f92ac" + "00".repeat(56);

    static Stream<Vectors> discoPackets() {
        return Vectors.read("disco/disco.json").list("packets").stream();
    }

    static Stream<Vectors> stunPackets() {
        Vectors stun = Vectors.read("stun/stun.json");
        return Stream.concat(stun.list("requests").stream(), stun.list("responses").stream());
    }

    @ParameterizedTest
    @MethodSource("discoPackets")
    void findsDiscoWhereTheRealThingDoes(Vectors vector) {
        DatagramKind expected =
                vector.flag("looks_like_disco") ? DatagramKind.DISCO : DatagramKind.WIREGUARD;

        assertThat(Demux.kindOf(vector.buffer("pkt"))).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("stunPackets")
    void findsStunOfTheMethodBinding(Vectors vector) {
        ByteBuffer packet = vector.buffer("pkt");
        boolean binding = vector.flag("is") && packet.get(1) == 1;

        assertThat(Demux.kindOf(packet) == DatagramKind.STUN).isEqualTo(binding);
    }

    @ParameterizedTest
    @CsvSource({
        "00007a12abcdef00 01000000, RELAYED_WIREGUARD",
        "00807a12abcdef00 01000000, RELAYED_WIREGUARD",
        "00007a12abcdef00, RELAYED_WIREGUARD",
        "00007a11abcdef00 5453f09f92ac, WIREGUARD",
        "00007a11abcdef00, WIREGUARD",
        "00006558abcdef00 01000000, WIREGUARD",
        "40007a12abcdef00 01000000, WIREGUARD",
        "00207a12abcdef00 01000000, WIREGUARD",
        "00007a12abcdef01 01000000, WIREGUARD",
        "00007a12abcdef, WIREGUARD",
        "01000000 00000001, WIREGUARD",
        "04000000 00000001 0000000000000000, WIREGUARD",
        "ffffffff, WIREGUARD",
        "'', WIREGUARD"
    })
    void findsWhatCameThroughAPeerRelay(String hex, DatagramKind expected) {
        assertThat(Demux.kindOf(bytes(hex))).isEqualTo(expected);
    }

    @Test
    void findsDiscoBehindAGeneveHeader() {
        assertThat(Demux.kindOf(bytes("00007a11abcdef00" + DISCO_62)))
                .isEqualTo(DatagramKind.RELAYED_DISCO);
        assertThat(Demux.kindOf(bytes("00807a11abcdef00" + DISCO_62)))
                .isEqualTo(DatagramKind.RELAYED_DISCO);
    }

    @Test
    void looksOnlyBetweenPositionAndLimit() {
        ByteBuffer larger = bytes("ffff" + DISCO_62 + "ff").position(2);

        assertThat(Demux.kindOf(larger)).isEqualTo(DatagramKind.DISCO);
        assertThat(Demux.kindOf(larger.limit(63))).isEqualTo(DatagramKind.WIREGUARD);
        assertThat(larger.position()).isEqualTo(2);
    }

    private static ByteBuffer bytes(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
