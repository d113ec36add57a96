package dev.remora.io.control;

import dev.remora.base.MalformedException;
import dev.remora.io.noise.NoiseRecords;
import dev.remora.io.noise.NoiseWriter;
import dev.remora.proto.noise.EarlyPayload;
import dev.remora.proto.noise.NoiseHandshake;
import dev.remora.proto.noise.NoiseTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The receiving half of Noise in a pipeline: finishes the handshake, puts HTTP/2 behind itself, then opens
/// records, of which the first may hold an early payload that is not for HTTP/2.
final class NoiseReader extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(NoiseReader.class);

    private final ControlUrl url;
    private final NoiseHandshake handshake;
    private final CompletableFuture<ControlConnection> result;
    private Optional<NoiseTransport> transport = Optional.empty();

    /// What was opened before it is known whether there is an early payload; empty once that is known.
    private Optional<ByteBuf> beginning = Optional.of(Unpooled.EMPTY_BUFFER);

    NoiseReader(
            ControlUrl url, NoiseHandshake handshake, CompletableFuture<ControlConnection> result) {
        this.url = url;
        this.handshake = handshake;
        this.result = result;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            if (transport.isEmpty()) {
                finishHandshake(ctx, in);
            } else {
                openRecords(ctx, transport.get(), in, out);
            }
        } catch (MalformedException e) {
            fail(ctx, e.reason());
            in.skipBytes(in.readableBytes());
        }
    }

    private void finishHandshake(ChannelHandlerContext ctx, ByteBuf in) throws MalformedException {
        ByteBuffer arrived = in.nioBuffer();
        transport = handshake.finish(arrived);
        in.skipBytes(arrived.position());
        if (transport.isPresent()) {
            ctx.pipeline()
                    .addAfter(ctx.name(), null, new NoiseWriter(transport.get(), ctx.channel()));
            result.complete(ControlConnection.over(ctx.channel(), url));
        }
    }

    private void openRecords(
            ChannelHandlerContext ctx, NoiseTransport open, ByteBuf in, List<Object> out)
            throws MalformedException {
        Optional<ByteBuf> plain = NoiseRecords.openNext(ctx, open, in);
        if (plain.isPresent() && beginning.isPresent()) {
            onBeginning(beginning.get(), plain.get(), out);
        } else {
            plain.ifPresent(out::add);
        }
    }

    private void onBeginning(ByteBuf before, ByteBuf plain, List<Object> out)
            throws MalformedException {
        ByteBuf all = Unpooled.wrappedBuffer(before, plain);
        ByteBuffer view = ByteBuffer.allocate(all.readableBytes());
        all.getBytes(all.readerIndex(), view);
        beginning = Optional.of(all);
        switch (EarlyPayload.read(view.flip())) {
            case EarlyPayload.Incomplete() -> {}
            case EarlyPayload.Absent() -> endBeginning(all, out);
            case EarlyPayload.Present(String json) -> {
                LOG.trace("early payload of {} characters", json.length());
                all.skipBytes(view.position());
                endBeginning(all, out);
            }
        }
    }

    private void endBeginning(ByteBuf rest, List<Object> out) {
        beginning = Optional.empty();
        if (rest.isReadable()) {
            out.add(rest);
        } else {
            rest.release();
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        beginning.ifPresent(ByteBuf::release);
        beginning = Optional.empty();
        transport.ifPresent(NoiseTransport::close);
    }

    /// The connection broke. Before the handshake was done this is how servers decline, without a word.
    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        fail(ctx, "closed right after the upgrade");
        super.channelInactive(ctx);
    }

    private void fail(ChannelHandlerContext ctx, String what) {
        result.completeExceptionally(
                new ControlException(
                        Reason.HANDSHAKE_REFUSED,
                        "The control server "
                                + url
                                + " and we cannot agree on a secure connection ("
                                + what
                                + "): its key may have changed, or it may want a newer or older program."));
        ctx.close();
    }
}
