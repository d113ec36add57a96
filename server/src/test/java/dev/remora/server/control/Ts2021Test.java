package dev.remora.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.proto.noise.NoiseHandshake;
import dev.remora.proto.noise.NoiseTransport;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How a connection becomes Noise, or why it does not.
@Timeout(120)
class Ts2021Test {
    private static final InnerApp NOTHING = (request, answer) -> {};

    @ParameterizedTest
    @CsvSource({
        "POST /ts2021, '', missing Upgrade header",
        "POST /ts2021, 'Upgrade: h2c', unknown protocol",
        "POST /ts2021, 'Upgrade: tailscale-control-protocol', no handshake",
        "GET /ts2021, '', a WebSocket for",
        "PUT /ts2021, 'Upgrade: tailscale-control-protocol', POST"
    })
    void whatIsMissingIsSaid(String line, String header, String answer) throws Exception {
        try (TestControl server = new TestControl(ControlSettings.standard(), NOTHING);
                Socket socket =
                        new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout(30_000);
            String more = header.isEmpty() ? "" : header + "\r\n";
            String request = line + " HTTP/1.1\r\nHost: x\r\n" + more + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(all).startsWith("HTTP/1.1 40").contains(answer);
            server.awaitNoStrangers();
        }
    }

    @Test
    void aWebSocketCarriesTheSameWithoutAnEarlyPayload() throws Exception {
        try (TestControl server = new TestControl(ControlSettings.standard(), NOTHING);
                HttpClient http = HttpClient.newHttpClient()) {
            NoiseHandshake handshake =
                    NoiseHandshake.start(
                            TestClient.VERSION,
                            MachinePrivateKey.generate(new SecureRandom()),
                            server.key.publicKey(),
                            new SecureRandom(),
                            Aead.jdk());
            Received received = new Received();
            WebSocket socket =
                    http.newWebSocketBuilder()
                            .subprotocols(Ts2021.PROTOCOL)
                            .buildAsync(uri(server, handshake.initiation()), received)
                            .get(30, TimeUnit.SECONDS);

            assertThat(socket.getSubprotocol()).isEqualTo(Ts2021.PROTOCOL);
            ByteBuffer in = received.take(NoiseHandshake.RESPONSE_LENGTH + 40);
            NoiseTransport noise = handshake.finish(in).orElseThrow();
            ByteBuffer plain = ByteBuffer.allocate(NoiseTransport.MAX_PLAIN);
            assertThat(noise.open(in, plain)).isTrue();
            assertThat(plain.get(3)).isEqualTo(Http2FrameTypes.SETTINGS);
            socket.abort();
        }
    }

    private static URI uri(TestControl server, byte[] initiation) {
        String base64 = Base64.getEncoder().encodeToString(initiation);
        return URI.create(
                "ws://127.0.0.1:%d/ts2021?%s=%s"
                        .formatted(
                                server.address().getPort(),
                                Ts2021.HANDSHAKE,
                                URLEncoder.encode(base64, StandardCharsets.UTF_8)));
    }

    /// What came, message by message.
    private static final class Received implements WebSocket.Listener {
        private final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            messages.add(bytes);
            socket.request(1);
            return CompletableFuture.completedStage(null);
        }

        /// At least so many bytes, and what came with the last of them.
        ByteBuffer take(int atLeast) throws InterruptedException {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            while (all.size() < atLeast) {
                byte[] next = messages.poll(30, TimeUnit.SECONDS);
                assertThat(next).isNotNull();
                all.writeBytes(next);
            }
            return ByteBuffer.wrap(all.toByteArray());
        }
    }
}
