package dev.remora.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2FrameTypes;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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
                TestClient client =
                        TestClient.byWebSocket(server.address(), server.key.publicKey())) {
            assertThat(client.early).isEmpty();
            assertThat(client.read().type()).isEqualTo(Http2FrameTypes.SETTINGS);
        }
    }
}
