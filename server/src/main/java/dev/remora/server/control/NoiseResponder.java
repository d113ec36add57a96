package dev.remora.server.control;

import dev.remora.base.IpAddress;
import dev.remora.base.MalformedException;
import dev.remora.crypto.EphemeralKey;
import dev.remora.io.noise.NoiseRecords;
import dev.remora.io.noise.NoiseWriter;
import dev.remora.proto.noise.NoiseAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The server's part of the Noise handshake. Its arithmetic takes half a millisecond, which is too long for the loop;
/// meanwhile what the client sends too early waits here. Then this handler makes room for records and HTTP/2.
final class NoiseResponder extends ByteToMessageDecoder {
    /// A client has nothing to say before it has our answer.
    private static final int MOST_EARLY = 4096;

    private static final byte[] EARLY_MAGIC = {-1, -1, -1, 'T', 'S'};

    private final InnerContext context;
    private final IpAddress from;
    private final byte[] initiation;
    private final boolean early;
    private final Strangers.Place place;
    private boolean handedOver;

    /// @param early send the early payload too
    /// @param place the one it has as long as it is a stranger
    NoiseResponder(
            InnerContext context,
            IpAddress from,
            byte[] initiation,
            boolean early,
            Strangers.Place place) {
        this.place = place;
        this.context = context;
        this.from = from;
        this.initiation = initiation;
        this.early = early;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        place.taken(new Strangers.Guest(() -> false, ctx::close));
        context.threads().execute(() -> compute(ctx));
    }

    private void compute(ChannelHandlerContext ctx) {
        try {
            NoiseAnswer answer =
                    NoiseAnswer.to(initiation, context.key(), context.random(), context.aead());
            ctx.executor().execute(() -> onAnswer(ctx, answer));
        } catch (MalformedException e) {
            context.refusals().count(RefusalKind.BAD_HANDSHAKE, from, e.reason());
            ctx.close(); // as the protocol wants it, without a word
        }
    }

    private void onAnswer(ChannelHandlerContext ctx, NoiseAnswer answer) {
        if (ctx.isRemoved()) {
            return; // the client left
        }
        ByteBuf bytes = Unpooled.wrappedBuffer(answer.bytes());
        switch (answer) {
            case NoiseAnswer.Accepted accepted -> {
                ctx.write(bytes, ctx.voidPromise());
                install(ctx, accepted);
            }
            case NoiseAnswer.Refused refused -> {
                context.refusals().count(RefusalKind.BAD_HANDSHAKE, from, refused.reason());
                ctx.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    private void install(ChannelHandlerContext ctx, NoiseAnswer.Accepted accepted) {
        handedOver = true;
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.addLast(
                new NoiseRecords(accepted.transport()),
                new NoiseWriter(accepted.transport(), ctx.channel()));
        if (early) {
            pipeline.write(earlyPayload());
        }
        Visitor visitor = new Visitor(accepted.client(), accepted.version(), from, place);
        InnerConnection.addTo(ctx.channel(), context, visitor);
        pipeline.remove(this);
        ctx.channel().flush();
    }

    /// A challenge that no client has an answer to yet. In the same record as what HTTP/2 says first.
    private ByteBuf earlyPayload() {
        String challenge = EphemeralKey.generate(context.random()).publicBytes().hex();
        byte[] json =
                ("{\"nodeKeyChallenge\":\"chalpub:" + challenge + "\"}")
                        .getBytes(StandardCharsets.UTF_8);
        return Unpooled.wrappedBuffer(
                Unpooled.wrappedBuffer(EARLY_MAGIC),
                Unpooled.copyInt(json.length),
                Unpooled.wrappedBuffer(json));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.readableBytes() > MOST_EARLY && !handedOver) {
            in.skipBytes(in.readableBytes());
            ctx.close();
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        if (!handedOver) {
            place.leave();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
