package dev.remora.io.derp;

import dev.remora.engine.netmap.DerpNode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One HTTPS request to a relay, timed without the handshakes before it: with them, a relay that is far but remembers
/// us would look near.
final class LatencyProbe extends ChannelInboundHandlerAdapter {
    private static final long WITHIN = TimeUnit.SECONDS.toNanos(5);
    private static final String PATH = "/derp/latency-check";

    private final Timers timers;
    private final Timers.Timer deadline;
    private final Future<RelayDialer.Dialed> dial;
    private final Consumer<? super HttpsLatency> done;
    private String host = "";
    private long askedAt;
    private boolean over;

    private LatencyProbe(
            Future<RelayDialer.Dialed> dial, Timers timers, Consumer<? super HttpsLatency> done) {
        this.dial = dial;
        this.timers = timers;
        this.done = done;
        this.deadline = timers.after(WITHIN, () -> fail("no answer within 5 s"));
    }

    /// Calls `done` once, on the loop.
    static void start(
            Future<RelayDialer.Dialed> dial, Timers timers, Consumer<? super HttpsLatency> done) {
        LatencyProbe probe = new LatencyProbe(dial, timers, done);
        dial.addListener(dialed -> probe.onDialed());
    }

    private void onDialed() {
        if (!dial.isSuccess()) {
            fail(RelayTrouble.sentence(dial.cause()));
            return;
        }
        Channel channel = dial.getNow().channel();
        if (over) {
            channel.close();
            return;
        }
        DerpNode node = dial.getNow().node();
        host = UpgradeRequest.hostOf(node);
        channel.pipeline().addLast(dial.getNow().tls(), new HttpClientCodec(), this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls) {
            if (tls.isSuccess()) {
                ask(ctx);
            } else {
                fail(RelayTrouble.sentence(tls.cause()));
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void ask(ChannelHandlerContext ctx) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, PATH);
        request.headers().set(HttpHeaderNames.HOST, host).set(HttpHeaderNames.USER_AGENT, "remora");
        askedAt = timers.now();
        ctx.writeAndFlush(request);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpResponse response) {
            if (response.decoderResult().isFailure()) {
                fail("what answers there does not speak HTTP");
            } else if (response.status().codeClass() != HttpStatusClass.SUCCESS) {
                fail("it answers \"" + response.status() + "\"");
            } else {
                boolean ipv6 =
                        ctx.channel().remoteAddress() instanceof InetSocketAddress remote
                                && remote.getAddress() instanceof Inet6Address;
                finish(new HttpsLatency.Measured(timers.now() - askedAt, ipv6));
            }
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail("the relay closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(RelayTrouble.sentence(cause));
    }

    private void fail(String why) {
        finish(new HttpsLatency.Failed(why));
    }

    private void finish(HttpsLatency result) {
        if (over) {
            return;
        }
        over = true;
        deadline.cancel();
        if (dial.isSuccess()) {
            dial.getNow().channel().close();
        } else {
            dial.cancel(false);
        }
        done.accept(result);
    }
}
