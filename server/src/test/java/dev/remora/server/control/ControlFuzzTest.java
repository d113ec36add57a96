package dev.remora.server.control;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.server.http.HttpCounts;
import dev.remora.server.http.HttpFront;
import dev.remora.server.http.Routes;
import dev.remora.server.http.TrustedProxies;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;

/// Strangers that send anything at all: before the handshake, inside of it, and as bodies of requests. Whatever it was,
/// nothing of it is kept, and nothing but the refusals that there are comes of it.
class ControlFuzzTest {
    private static final MachinePrivateKey KEY = MachinePrivateKey.generate(new Random(1));

    private final InnerContext context =
            InnerContext.of(
                    ControlSettings.standard(),
                    KEY,
                    new Random(2),
                    (request, answer) -> {},
                    new Refusals(() -> 0),
                    () -> 0,
                    Runnable::run);

    /// A connection without a network.
    private static final class Line extends EmbeddedChannel {
        @Override
        protected SocketAddress remoteAddress0() {
            return isActive()
                    ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 1234)
                    : super.remoteAddress0();
        }
    }

    @FuzzTest(maxDuration = "10s")
    void insteadOfHttp(byte[] stream) {
        send(front(), stream);
    }

    @FuzzTest(maxDuration = "10s")
    void insteadOfAnInitiation(byte[] initiation) {
        send(front(), InnerFrames.upgrade(initiation));
        String query = Base64.getUrlEncoder().encodeToString(initiation);
        String head =
                "GET /ts2021?X-Tailscale-Handshake=%s HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                        + "Sec-WebSocket-Protocol: tailscale-control-protocol\r\n\r\n";
        send(front(), head.formatted(query).getBytes(StandardCharsets.US_ASCII));
    }

    private Line front() {
        Line line = new Line();
        Routes routes = Routes.none().withUpgrade("/ts2021", new Ts2021(context));
        HttpFront.addTo(line, routes, TrustedProxies.NONE, new HttpCounts());
        return line;
    }

    @FuzzTest(maxDuration = "10s")
    void asHttp2(byte[] stream) {
        Line line = new Line();
        Visitor visitor =
                new Visitor(
                        KEY.publicKey(),
                        131,
                        IpAddress.LOOPBACK_V4,
                        context.strangers().enter(IpAddress.LOOPBACK_V4, () -> {}));
        InnerConnection.addTo(line, context, visitor);
        line.writeInbound(Http2CodecUtil.connectionPrefaceBuf());
        send(line, stream);
    }

    private void send(Line line, byte[] bytes) {
        if (line.isActive()) {
            line.writeInbound(Unpooled.copiedBuffer(bytes));
        }
        line.runPendingTasks();
        line.finishAndReleaseAll();
        if (context.strangers().count() != 0 || context.bodies().taken() != 0) {
            throw new AssertionError("something was kept");
        }
    }

    @FuzzTest(maxDuration = "10s")
    void asARegistration(byte[] body) {
        try {
            RegisterRequest request = InnerRequests.register(body);
            if (request.nodeKey().bytes().isZero()) {
                throw new AssertionError("a registration of nobody");
            }
        } catch (MalformedException e) {
            expectWords(e);
        }
    }

    @FuzzTest(maxDuration = "10s")
    void asAMapRequest(byte[] body) {
        try {
            MapRequest request = InnerRequests.map(body);
            if (request.hostInfo() == null || request.discoKey() == null) {
                throw new AssertionError("a map request with holes");
            }
        } catch (MalformedException e) {
            expectWords(e);
        }
    }

    private static void expectWords(MalformedException e) {
        if (e.reason().isEmpty()) {
            throw new AssertionError("refused without a reason");
        }
    }
}
