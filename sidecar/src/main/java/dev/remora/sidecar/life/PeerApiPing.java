package dev.remora.sidecar.life;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.remora.base.IpPort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// Asks a peer's PeerAPI for its first page, or rather for the head of it: any HTTP answer will do. That takes the whole way, up to TCP on both sides.
final class PeerApiPing extends SimpleChannelInboundHandler<ByteBuf> {
    private static final String ANY_ANSWER = "HTTP/1.";

    private final IpPort to;
    private final long startedAt = System.nanoTime();
    private final CompletableFuture<Long> result = new CompletableFuture<>();
    private final StringBuilder answer = new StringBuilder();

    private PeerApiPing(IpPort to) {
        this.to = to;
    }

    /// Completes with the nanoseconds that it took, connecting included, or fails with an [IOException].
    static CompletableFuture<Long> send(Tailnode node, IpPort to) {
        PeerApiPing ping = new PeerApiPing(to);
        CompletableFuture<? extends Channel> opened = node.connect(to.ip(), to.port(), ping);
        opened.exceptionally(failure -> {
            ping.result.completeExceptionally(failure);
            return null;
        });
        // whoever waited may have given up
        return ping.result.whenComplete((took, failure) -> opened.thenAccept(Channel::close));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        String request = "HEAD / HTTP/1.1\r\nHost: " + to + "\r\nConnection: close\r\n\r\n";
        ctx.writeAndFlush(Unpooled.copiedBuffer(request, US_ASCII));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
        int wanted = Math.min(ANY_ANSWER.length() - answer.length(), bytes.readableBytes());
        answer.append(bytes.toString(bytes.readerIndex(), wanted, US_ASCII));
        if (!ANY_ANSWER.startsWith(answer.toString())) {
            result.completeExceptionally(new IOException("the peer's PeerAPI speaks no HTTP"));
        } else if (answer.length() == ANY_ANSWER.length()) {
            result.complete(System.nanoTime() - startedAt);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        result.completeExceptionally(new IOException("the peer's PeerAPI ended the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        result.completeExceptionally(cause);
    }
}
