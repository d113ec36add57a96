package dev.remora.io.control;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.remora.base.MalformedException;
import dev.remora.crypto.Aead;
import dev.remora.crypto.MachinePrivateKey;
import dev.remora.io.loop.HttpProxies;
import dev.remora.io.loop.HttpProxy;
import dev.remora.io.loop.HttpTunnel;
import dev.remora.io.loop.TlsTrust;
import dev.remora.proto.noise.NoiseHandshake;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/// What comes in place of HTTP, from a control server, a proxy, or through a control server: read or refused.
class HttpFuzzTest {
    private static final HttpProxy PROXY =
            HttpProxies.of(Map.of("HTTP_PROXY", "proxy:1")).towards(false, "x", 1).orElseThrow();

    @FuzzTest(maxDuration = "10s")
    void upgrade(byte[] answer) throws MalformedException {
        NoiseHandshake handshake =
                NoiseHandshake.start(
                        119,
                        MachinePrivateKey.generate(new Random(1)),
                        MachinePrivateKey.generate(new Random(2)).publicKey(),
                        new Random(3),
                        Aead.jdk());
        hear(
                answer,
                UpgradeHandler.handlers(
                        ControlUrl.parse("http://x.example"),
                        handshake,
                        new CompletableFuture<>()));
    }

    @FuzzTest(maxDuration = "10s")
    void tunnel(byte[] answer) {
        hear(
                answer,
                HttpTunnel.handlers(
                        PROXY,
                        "x.example",
                        443,
                        TlsTrust.of(Optional.empty(), Optional.empty()),
                        Runnable::run,
                        ImmediateEventExecutor.INSTANCE.newPromise()));
    }

    @FuzzTest(maxDuration = "10s")
    void requestFromControl(byte[] request) {
        C2n.answer(request);
    }

    private static void hear(byte[] answer, List<ChannelHandler> handlers) {
        EmbeddedChannel channel = new EmbeddedChannel(handlers.toArray(ChannelHandler[]::new));
        channel.pipeline().addLast(new Behind());
        channel.releaseOutbound();
        channel.writeInbound(Unpooled.copiedBuffer(answer));
        channel.finishAndReleaseAll();
    }

    /// Is told of refusals, and of nothing worse.
    private static final class Behind extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof IOException)) {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
