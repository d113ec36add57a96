package dev.remora.server.stun;

import dev.remora.base.MalformedException;
import dev.remora.io.loop.JdkAddresses;
import dev.remora.proto.stun.BindingRequest;
import dev.remora.proto.stun.BindingResponse;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers what can be answered and is silent about the rest.
final class BindingHandler extends SimpleChannelInboundHandler<DatagramPacket> {
    private static final Logger LOG = LoggerFactory.getLogger(StunServer.class);

    private final StunServer.Counts counts;

    BindingHandler(StunServer.Counts counts) {
        this.counts = counts;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket datagram) {
        try {
            BindingRequest request = BindingRequest.parse(datagram.content().nioBuffer());
            if (ctx.channel().isWritable()) {
                ctx.write(answer(ctx, request, datagram.sender()), ctx.voidPromise());
                counts.answered().increment();
            }
        } catch (MalformedException e) {
            counts.refused().increment();
            LOG.trace("no answer to {}: {}", datagram.sender(), e.reason());
        }
    }

    private static DatagramPacket answer(
            ChannelHandlerContext ctx, BindingRequest request, InetSocketAddress to) {
        BindingResponse response = new BindingResponse(request.txId(), JdkAddresses.read(to));
        int length = response.length();
        ByteBuf bytes = ctx.alloc().directBuffer(length, length);
        response.writeTo(bytes.nioBuffer(0, length));
        return new DatagramPacket(bytes.writerIndex(length), to);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    /// Such as an answer that could not be sent because a route is missing: the next one may have better luck.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("a STUN datagram failed", cause);
    }
}
