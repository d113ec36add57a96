package dev.remora.io.noise;

import dev.remora.proto.noise.NoiseTransport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CoalescingBufferQueue;
import java.io.EOFException;
import java.nio.ByteBuffer;

/// The sending half of Noise in a pipeline. HTTP/2 writes its frames in small pieces; they are gathered until
/// the flush and leave in as few records as they fit into, sealed in the order they were written.
public final class NoiseWriter extends ChannelOutboundHandlerAdapter {
    private final NoiseTransport transport;
    private final ByteBuffer plain = ByteBuffer.allocate(NoiseTransport.MAX_PLAIN);
    private final ByteBuffer sealed = ByteBuffer.allocate(NoiseTransport.MAX_RECORD);
    private final CoalescingBufferQueue waiting;

    public NoiseWriter(NoiseTransport transport, Channel channel) {
        this.transport = transport;
        this.waiting = new CoalescingBufferQueue(channel);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes && bytes.isReadable()) {
            waiting.add(bytes, promise);
        } else {
            ctx.write(message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        while (!waiting.isEmpty()) {
            ChannelPromise promise = ctx.newPromise();
            ByteBuf piece =
                    waiting.remove(
                            Math.min(waiting.readableBytes(), NoiseTransport.MAX_PLAIN), promise);
            ctx.write(seal(ctx, piece), promise);
        }
        ctx.flush();
    }

    private ByteBuf seal(ChannelHandlerContext ctx, ByteBuf piece) {
        try {
            piece.readBytes(plain.clear().limit(piece.readableBytes()));
        } finally {
            piece.release();
        }
        transport.sealRecord(plain.flip(), sealed.clear());
        return ctx.alloc().buffer(sealed.position()).writeBytes(sealed.flip());
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        waiting.releaseAndFailAll(new EOFException("connection closed"));
    }
}
