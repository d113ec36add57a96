package dev.remora.sidecar.serve;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/// Keeps what an app says before the peer can hear it, and passes it on when it is removed.
///
/// A channel that does not read is silent only until the other side ends: then epoll's channels deliver all there is, and an app may well say its
/// few words and end before the peer has confirmed the connection. What comes is bounded by the socket's receive buffer.
final class EarlyWords extends ChannelInboundHandlerAdapter {
    private final Queue<Object> words = new ArrayDeque<>();
    private boolean ended;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        words.add(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // comes when they are passed on
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ended |= event instanceof ChannelInputShutdownEvent;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            words.forEach(ReferenceCountUtil::release);
            return;
        }
        if (!words.isEmpty()) {
            words.forEach(ctx::fireChannelRead);
            ctx.fireChannelReadComplete();
        }
        if (ended) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }
}
