package dev.remora.server.relay;

import static dev.remora.server.relay.TestRelay.ALICE;
import static dev.remora.server.relay.TestRelay.BOB;
import static dev.remora.server.relay.TestRelay.packet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpFrame.RecvPacket;
import dev.remora.proto.derp.DerpFrame.SendPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A client in a browser, or one whose network lets nothing through but WebSockets.
class DerpOverWebSocketTest {
    private static final String UPGRADE =
            """
            GET /derp HTTP/1.1
            Host: relay
            Connection: Upgrade
            Upgrade: websocket
            Origin: https://page.example
            Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Protocol: derp

            """;

    private static final int MOST = 1 << 20;

    private final TestRelay relay = new TestRelay();
    private final Wire wire = relay.wire();
    private final EmbeddedChannel client =
            new EmbeddedChannel(
                    new WebSocket13FrameEncoder(true),
                    new WebSocket13FrameDecoder(false, false, MOST));

    private void send(byte[] bytes) {
        client.writeOutbound(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)));
        for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
            wire.write(ByteBufUtil.getBytes(part));
            part.release();
        }
    }

    private List<DerpFrame> received() throws Exception {
        client.writeInbound(Unpooled.wrappedBuffer(wire.bytes()));
        ByteBuf all = Unpooled.buffer();
        for (BinaryWebSocketFrame frame = client.readInbound();
                frame != null;
                frame = client.readInbound()) {
            all.writeBytes(frame.content());
            frame.release();
        }
        return Wire.framesOf(ByteBufUtil.getBytes(all));
    }

    @Test
    void itExchangesPacketsWithOneWhoNeedsNone() throws Exception {
        Wire bob = relay.join(BOB);
        wire.write(UPGRADE.replace("\n", "\r\n"));
        assertThat(wire.text())
                .startsWith("HTTP/1.1 101 ")
                .containsIgnoringCase("sec-websocket-protocol: derp\r\n")
                .doesNotContainIgnoringCase("sec-websocket-extensions");
        byte[] introduction = Wire.bytesOf(Wire.introduction(ALICE, ClientDetails.OF_NODE));

        send(introduction);
        assertThat(received()).isNotEmpty();
        byte[] sent = Wire.bytesOf(new SendPacket(BOB.publicKey(), packet("by WebSocket")));
        // a frame of DERP may come in several messages
        send(Arrays.copyOf(sent, 7));
        send(Arrays.copyOfRange(sent, 7, sent.length));

        assertThat(bob.frames())
                .containsExactly(new RecvPacket(ALICE.publicKey(), packet("by WebSocket")));
        bob.write(new SendPacket(ALICE.publicKey(), packet("back")));
        assertThat(received()).containsExactly(new RecvPacket(BOB.publicKey(), packet("back")));
    }
}
