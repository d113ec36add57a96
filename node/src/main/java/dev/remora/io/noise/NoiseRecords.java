package dev.remora.io.noise;

import dev.remora.base.MalformedException;
import dev.remora.proto.noise.NoiseTransport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The receiving half of Noise in a pipeline, once both sides have the keys: opens records. One that does not open ends
/// the connection.
public final class NoiseRecords extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(NoiseRecords.class);

    private final NoiseTransport transport;

    public NoiseRecords(NoiseTransport transport) {
        this.transport = transport;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            openNext(ctx, transport, in).ifPresent(out::add);
        } catch (MalformedException e) {
            LOG.trace("{}: {}", ctx.channel(), e.reason());
            in.skipBytes(in.readableBytes());
            ctx.close();
        }
    }

    /// Opens the next record of what has arrived; empty if it is not whole yet or has nothing in it.
    public static Optional<ByteBuf> openNext(
            ChannelHandlerContext ctx, NoiseTransport transport, ByteBuf in)
            throws MalformedException {
        ByteBuffer arrived = in.nioBuffer();
        ByteBuf plain = ctx.alloc().heapBuffer(NoiseTransport.MAX_PLAIN);
        try {
            ByteBuffer room = plain.nioBuffer(0, NoiseTransport.MAX_PLAIN);
            if (transport.open(arrived, room) && room.position() > 0) {
                plain.writerIndex(room.position());
                return Optional.of(plain.retain());
            }
            return Optional.empty();
        } finally {
            plain.release();
            in.skipBytes(arrived.position());
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        transport.close();
    }
}
