package dev.remora.proto.disco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.Bytes;
import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.crypto.DiscoKey;
import dev.remora.crypto.DiscoPrivateKey;
import dev.remora.crypto.NaclBox;
import dev.remora.testing.Vectors;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiscoPacketTest {
    private static final Vectors VECTORS = Vectors.read("disco/disco.json");

    static Stream<Vectors> messages() {
        return VECTORS.list("messages").stream();
    }

    static Stream<Vectors> packets() {
        return VECTORS.list("packets").stream();
    }

    static Stream<Vectors> geneve() {
        return VECTORS.list("geneve").stream();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void sealsTheBytesOfTheRealThingAndOpensThem(Vectors vector) throws MalformedException {
        DiscoPrivateKey sender = DiscoPrivateKey.of(vector.bytes32("s_prv"));
        DiscoPrivateKey receiver = DiscoPrivateKey.of(vector.bytes32("r_prv"));
        DiscoMessage message = DiscoMessage.parse(vector.buffer("payload"));
        ByteBuffer out = ByteBuffer.allocateDirect(DiscoPacket.OVERHEAD + message.length());

        DiscoPacket.seal(
                sender.publicKey(),
                NaclBox.precompute(sender, receiver.publicKey().bytes()),
                vector.bytes("nonce"),
                message,
                out);

        assertThat(hex(out.flip())).isEqualTo(vector.text("pkt"));
        DiscoPacket packet = DiscoPacket.of(vector.buffer("pkt"));
        assertThat(packet.open(NaclBox.precompute(receiver, packet.sender().bytes())))
                .isEqualTo(message);
    }

    @ParameterizedTest
    @MethodSource("packets")
    void tellsGoodPacketsFromForgedOnes(Vectors vector) throws MalformedException {
        ByteBuffer datagram = vector.buffer("pkt");

        assertThat(DiscoPacket.looksLikeDisco(datagram)).isEqualTo(vector.flag("looks_like_disco"));
        if (!vector.flag("looks_like_disco")) {
            assertThatThrownBy(() -> DiscoPacket.of(datagram))
                    .isInstanceOf(MalformedException.class);
            return;
        }
        DiscoPacket packet = DiscoPacket.of(datagram);
        assertThat(packet.sender()).isEqualTo(new DiscoKey(Bytes32.of(vector.bytes("src"))));
        expectOpened(vector, packet);
        assertThat(datagram.position()).isZero();
    }

    private static void expectOpened(Vectors vector, DiscoPacket packet) throws MalformedException {
        DiscoPrivateKey receiver = DiscoPrivateKey.of(vector.bytes32("r_prv"));
        NaclBox.BoxKey shared = NaclBox.precompute(receiver, packet.sender().bytes());
        if (vector.text("err").startsWith("unknown")) {
            assertThat(packet.open(shared)).isInstanceOf(DiscoMessage.Unknown.class);
        } else if (vector.flag("opened") && !vector.has("err")) {
            assertThat(packet.open(shared)).isInstanceOf(DiscoMessage.Ping.class);
        } else {
            assertThatThrownBy(() -> packet.open(shared)).isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("geneve")
    void readsGeneveHeadersAsTheRealThingDoes(Vectors vector) throws MalformedException {
        if (vector.has("err")) {
            assertThatThrownBy(() -> GeneveHeader.parse(vector.buffer("hdr")))
                    .isInstanceOf(MalformedException.class);
            return;
        }
        GeneveHeader header = GeneveHeader.parse(vector.buffer("hdr"));

        assertThat(header)
                .isEqualTo(
                        new GeneveHeader(
                                (int) vector.number("ver"),
                                vector.flag("control"),
                                (int) vector.number("proto"),
                                (int) vector.number("vni")));
        if (vector.text("name").equals("encoded")) {
            ByteBuffer out = ByteBuffer.allocate(GeneveHeader.LENGTH);
            header.writeTo(out);
            assertThat(hex(out.flip())).isEqualTo(vector.text("hdr"));
        }
    }

    private static String hex(ByteBuffer bytes) {
        return HexFormat.of().formatHex(Bytes.take(bytes, bytes.remaining()));
    }
}
