package dev.remora.io.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.proto.noise.NoiseHandshake;
import dev.remora.testing.ScriptedRandom;
import dev.remora.testing.Vectors;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The way from HTTP to Noise, held to what a real server and a real client said.
class UpgradeHandlerTest {
    private final CompletableFuture<ControlConnection> result = new CompletableFuture<>();

    static List<Vectors> upgrades() {
        return Vectors.read("noise/noise_ts2021.json").list("upgrades");
    }

    @ParameterizedTest
    @MethodSource("upgrades")
    void asksAsTheRealClientDoes(Vectors vector) throws MalformedException {
        EmbeddedChannel channel = channel(vector);

        Set<String> asked = lines(written(channel));
        Set<String> recorded = lines(vector.text("http_req"));

        recorded.remove("user-agent: go-http-client/1.1");
        assertThat(asked).isEqualTo(recorded);
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @MethodSource("upgrades")
    void followsTheRealServerIntoNoise(Vectors vector) throws MalformedException {
        EmbeddedChannel channel = channel(vector);
        channel.releaseOutbound();
        ByteBuf answer =
                Unpooled.buffer()
                        .writeBytes(vector.text("http_resp").getBytes(StandardCharsets.US_ASCII))
                        .writeBytes(vector.bytes("noise_resp"));

        channel.writeInbound(answer);

        assertThat(result).isCompleted();
        assertThat(channel.isOpen()).isTrue();
        ByteBuf preface = channel.readOutbound();
        assertThat(preface.getByte(0)).as("a record").isEqualTo((byte) 4);
        preface.release();
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @MethodSource("upgrades")
    void findsTheServersAnswerInPiecesOfAnySize(Vectors vector) throws MalformedException {
        EmbeddedChannel channel = channel(vector);
        channel.releaseOutbound();
        for (byte b : vector.text("http_resp").getBytes(StandardCharsets.US_ASCII)) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }
        assertThat(result).isNotDone();
        for (byte b : vector.bytes("noise_resp")) {
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {b}));
        }

        assertThat(result).isCompleted();
        channel.finishAndReleaseAll();
    }

    @Test
    void refusesAnAnswerThatIsNoUpgrade() throws MalformedException {
        EmbeddedChannel channel = channel(upgrades().getFirst());
        String answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\nnope";

        channel.writeInbound(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII));

        assertThatThrownBy(result::join)
                .hasCauseInstanceOf(ControlException.class)
                .hasMessageContaining("answers the upgrade with HTTP 400 \"nope\"");
        assertThat(channel.isOpen()).isFalse();
        channel.finishAndReleaseAll();
    }

    private EmbeddedChannel channel(Vectors vector) throws MalformedException {
        NoiseHandshake handshake =
                NoiseHandshake.start(
                        (int) vector.number("ver"),
                        MachinePrivateKey.of(vector.bytes32("machine_prv")),
                        MachinePrivateKey.of(vector.bytes32("control_prv")).publicKey(),
                        new ScriptedRandom().thenBytes(vector.text("machine_eph_prv")),
                        Aead.jdk());
        String host =
                vector.text("http_req")
                        .lines()
                        .filter(line -> line.startsWith("Host: "))
                        .findFirst()
                        .orElseThrow()
                        .substring("Host: ".length());
        ControlUrl url = ControlUrl.parse("http://" + host);
        return new EmbeddedChannel(
                UpgradeHandler.handlers(url, handshake, result).toArray(ChannelHandler[]::new));
    }

    private static String written(EmbeddedChannel channel) {
        StringBuilder text = new StringBuilder();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            text.append(part.toString(StandardCharsets.US_ASCII));
            part.release();
        }
        return text.toString();
    }

    /// Header lines in any order; names in any case; what is base64 as it is.
    private static Set<String> lines(String request) {
        return request.lines()
                .map(line ->
                        line.startsWith("X-Tailscale-Handshake")
                                ? line
                                : line.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }
}
