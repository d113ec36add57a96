package dev.remora.sidecar.serve;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;

/// One direction's receiving end of two channels that are joined: what this channel reads, the other one writes.
///
/// The end of input on one side ends output on the other and nothing more, so a client may send its request, shut down and still read the whole
/// answer. A reset on one side resets the other. While one side does not take what was written to it, the other is not read.
public final class Splice extends ChannelInboundHandlerAdapter {
    private final DuplexChannel other;

    /// This channel's input came to its end in order. The channel itself says so of every closed one.
    private boolean ended;

    private Splice(DuplexChannel other) {
        this.other = other;
    }

    /// Joins two open channels of one event loop, and starts reading both.
    public static void join(DuplexChannel a, DuplexChannel b) {
        a.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        b.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        a.pipeline().addLast(new Splice(b));
        b.pipeline().addLast(new Splice(a));
        a.config().setAutoRead(true);
        b.config().setAutoRead(true);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (other.isActive() && !other.isOutputShutdown()) {
            other.write(message, other.voidPromise());
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        other.flush();
        ctx.channel().config().setAutoRead(other.isWritable());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        other.config().setAutoRead(ctx.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent
                || event instanceof ChannelInputShutdownReadComplete) {
            endOfInput((DuplexChannel) ctx.channel());
        }
    }

    private void endOfInput(DuplexChannel channel) {
        ended = true;
        afterEverythingWritten(done -> {
            if (!other.isOutputShutdown()) {
                other.shutdownOutput().addListener(closed -> closeIfBothEnded(channel));
            }
        });
    }

    /// Netty's `shutdownOutput` forgets what is still queued, so it must come after an empty write has gone through.
    private void afterEverythingWritten(ChannelFutureListener action) {
        other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(action);
    }

    private void closeIfBothEnded(DuplexChannel channel) {
        if (channel.isOutputShutdown()) {
            channel.close();
            other.close();
        }
    }

    /// Gone without an end of input: whoever still writes to the other side has no reader here any more.
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (ended) {
            afterEverythingWritten(ChannelFutureListener.CLOSE);
        } else {
            reset(other);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        reset((DuplexChannel) ctx.channel());
        reset(other);
        if (!(cause instanceof IOException)) {
            ctx.fireExceptionCaught(cause); // a mistake of ours, not the network's
        }
    }

    /// Ends a channel so that its peer learns that something went wrong: a RST instead of a FIN.
    static void reset(DuplexChannel channel) {
        if (channel.isOpen()) { // a closed socket takes no options
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }
}
