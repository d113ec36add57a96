package dev.remora.proto.ip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.base.Bytes32;
import dev.remora.base.MalformedException;
import dev.remora.testing.Packets;
import dev.remora.testing.Vectors;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TsmpTest {
    static List<Vectors> messages() {
        return Vectors.read("ip/tsmp_ip.json").list("tsmp");
    }

    @ParameterizedTest
    @MethodSource("messages")
    void readsMessagesAsTheRealNodeDoes(Vectors vector) {
        Optional<TsmpMessage> message = read(vector.buffer("pkt"));
        if (!vector.flag("ok")) {
            assertThat(message.map(TsmpTest::kind)).isNotEqualTo(Optional.of(vector.text("kind")));
            return;
        }

        assertThat(message.map(TsmpTest::kind)).contains(vector.text("kind"));
        IpPacket packet = Packets.packet(vector.buffer("pkt"));
        assertThat(packet.src()).hasToString(vector.text("src"));
        assertThat(packet.dst()).hasToString(vector.text("dst"));
        switch (message.orElseThrow()) {
            case TsmpMessage.Ping ping -> assertThat(ping.data()).isEqualTo(data(vector));
            case TsmpMessage.Pong pong -> {
                assertThat(pong.data()).isEqualTo(data(vector));
                assertThat(pong.peerApiPort()).isEqualTo((int) vector.number("peerapi_port"));
            }
            case TsmpMessage.Reject reject -> {
                assertThat(reject.src()).hasToString(vector.text("flow_src"));
                assertThat(reject.dst()).hasToString(vector.text("flow_dst"));
                assertThat(reject.protocol()).isEqualTo((int) vector.number("proto"));
                assertThat(reject.reasonText()).isEqualTo(vector.text("reason"));
                assertThat(reject.maybeBroken()).isEqualTo(vector.flag("maybe_broken"));
            }
            case TsmpMessage.DiscoAdvertisement(Bytes32 key) ->
                    assertThat(key.hex()).isEqualTo(vector.text("disco_key"));
            case TsmpMessage.Unknown unknown -> throw new AssertionError(unknown);
        }
    }

    @ParameterizedTest
    @MethodSource("messages")
    void whatWasReadIsWrittenAgain(Vectors vector) {
        ByteBuffer bytes = vector.buffer("pkt");
        Optional<TsmpMessage> message = read(bytes);
        if (message.isEmpty()) {
            return;
        }
        IpPacket packet = Packets.packet(bytes);
        Packets written = new Packets();
        message.get().write(new IpHeader(packet.src(), packet.dst(), IpProtocol.TSMP, 0), written);

        assertThat(read(written.single())).isEqualTo(message);
    }

    @Test
    void aTypeOfTheFutureIsUnknownNotWrong() {
        Packets written = new Packets();
        IpHeader header = new IpHeader(Packets.ip("100.64.0.1"), Packets.ip("100.64.0.2"), 99, 0);
        ByteBuffer out = written.begin(header.length() + 8);
        header.write(out, 8);
        written.end(out.put((byte) 'z').put(new byte[7]).flip());

        assertThat(read(written.single())).contains(new TsmpMessage.Unknown('z'));
    }

    private static long data(Vectors vector) {
        return vector.buffer("data").getLong(0);
    }

    private static Optional<TsmpMessage> read(ByteBuffer bytes) {
        try {
            return Optional.of(TsmpMessage.parse(IpPacket.of(bytes)));
        } catch (MalformedException refused) {
            return Optional.empty();
        }
    }

    private static String kind(TsmpMessage message) {
        return switch (message) {
            case TsmpMessage.Ping ping -> "ping";
            case TsmpMessage.Pong pong -> "pong";
            case TsmpMessage.Reject reject -> "reject";
            case TsmpMessage.DiscoAdvertisement advertisement -> "disco_key";
            case TsmpMessage.Unknown unknown -> "unknown";
        };
    }
}
