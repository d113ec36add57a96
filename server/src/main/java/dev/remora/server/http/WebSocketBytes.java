package dev.remora.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;

/// Makes bytes of WebSocket frames and frames of bytes.
final class WebSocketBytes extends ChannelDuplexHandler {
    private boolean closing;
    private @Nullable ByteBuf pinged;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        WebSocketFrame frame = (WebSocketFrame) message;
        if (closing) {
            frame.release();
            return;
        }
        switch (frame) {
            case BinaryWebSocketFrame binary -> ctx.fireChannelRead(binary.content());
            case ContinuationWebSocketFrame more -> ctx.fireChannelRead(more.content());
            case PingWebSocketFrame ping -> {
                forgetPing();
                pinged = ping.content();
            }
            case PongWebSocketFrame pong -> pong.release();
            case CloseWebSocketFrame close -> close(ctx, close);
            default -> { // text
                frame.release();
                close(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE));
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        answerPing(ctx);
        ctx.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        answerPing(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    /// Once the client reads. RFC 6455, section 5.5.3: "the endpoint MAY elect to send a Pong frame for only the most
    /// recently processed Ping frame."
    private void answerPing(ChannelHandlerContext ctx) {
        if (pinged != null && !closing && ctx.channel().isWritable()) {
            ByteBuf data = pinged;
            pinged = null;
            ctx.writeAndFlush(new PongWebSocketFrame(data), ctx.voidPromise());
        }
    }

    private void forgetPing() {
        if (pinged != null) {
            pinged.release();
            pinged = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        forgetPing();
    }

    private void close(ChannelHandlerContext ctx, CloseWebSocketFrame farewell) {
        closing = true;
        ctx.writeAndFlush(farewell).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(message instanceof ByteBuf b ? new BinaryWebSocketFrame(b) : message, promise);
    }
}
