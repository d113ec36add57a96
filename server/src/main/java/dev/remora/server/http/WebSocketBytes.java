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

/// Makes bytes of WebSocket frames and frames of bytes.
final class WebSocketBytes extends ChannelDuplexHandler {
    private boolean closing;

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
            case PingWebSocketFrame ping ->
                    ctx.writeAndFlush(new PongWebSocketFrame(ping.content()), ctx.voidPromise());
            case PongWebSocketFrame pong -> pong.release();
            case CloseWebSocketFrame close -> close(ctx, close);
            default -> { // text
                frame.release();
                close(ctx, new CloseWebSocketFrame(WebSocketCloseStatus.INVALID_MESSAGE_TYPE));
            }
        }
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
