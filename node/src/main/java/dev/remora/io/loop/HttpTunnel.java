package dev.remora.io.loop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Promise;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks a proxy for a tunnel to a server, RFC 9110 section 9.3.6, and makes way when it is there:
///
///     CONNECT host:port HTTP/1.1
///     Host: host:port
///     Proxy-Authorization: Basic …
///
/// Handlers that stand behind this one hear of the connection only then, as if it led straight to the server.
public final class HttpTunnel extends ChannelInboundHandlerAdapter {
    /// A proxy that says more than this before the tunnel begins is none.
    private static final int MAX_ANSWER = 8 << 10;

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})( [^\\r\\n]*)?");

    private final HttpProxy proxy;
    private final String target;
    private final Promise<Channel> opened;
    private final ByteBuf answer;
    private boolean asked;

    private HttpTunnel(HttpProxy proxy, String host, int port, Promise<Channel> opened) {
        this.proxy = proxy;
        this.target = (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        this.opened = opened;
        this.answer = ByteBufAllocator.DEFAULT.heapBuffer(256, MAX_ANSWER);
    }

    /// What a channel to the proxy needs in front of everything else. To be called outside of the loop, for TLS.
    ///
    /// @param host of the server at the other end, which the proxy looks up
    /// @param opened hears when the tunnel is there, or why it is not
    public static List<ChannelHandler> handlers(
            HttpProxy proxy,
            String host,
            int port,
            TlsTrust trust,
            Executor slow,
            Promise<Channel> opened) {
        List<ChannelHandler> handlers = new ArrayList<>();
        if (proxy.tls()) {
            handlers.add(trust.handler(new ServerIdentity.Named(proxy.host()), proxy.port(), slow));
        }
        handlers.add(new HttpTunnel(proxy, host, port, opened));
        return handlers;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isActive()) {
            ask(ctx);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ask(ctx);
    }

    private void ask(ChannelHandlerContext ctx) {
        if (asked) {
            return;
        }
        asked = true;
        StringBuilder request = new StringBuilder(200);
        request.append("CONNECT ").append(target).append(" HTTP/1.1\r\nHost: ").append(target);
        proxy.authorization()
                .ifPresent(secret -> request.append("\r\nProxy-Authorization: ").append(secret));
        request.append("\r\nUser-Agent: remora\r\n\r\n");
        ctx.writeAndFlush(ByteBufUtil.writeUtf8(ctx.alloc(), request));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            while (in.isReadable() && answer.writerIndex() < MAX_ANSWER) {
                answer.writeByte(in.readByte());
                if (endsWithEmptyLine()) {
                    onAnswer(ctx, in);
                    return;
                }
            }
            if (in.isReadable()) {
                fail(ctx, new IOException("the proxy " + proxy + " does not speak HTTP"));
            }
        } finally {
            in.release();
        }
    }

    private boolean endsWithEmptyLine() {
        int end = answer.writerIndex();
        return end >= 4
                && answer.getByte(end - 1) == '\n'
                && answer.getByte(end - 2) == '\r'
                && answer.getByte(end - 3) == '\n';
    }

    private void onAnswer(ChannelHandlerContext ctx, ByteBuf rest) {
        Matcher status = STATUS.matcher(answer.toString(StandardCharsets.ISO_8859_1));
        if (!status.lookingAt()) {
            fail(ctx, new IOException("the proxy " + proxy + " does not speak HTTP"));
        } else if (!status.group(1).equals("200")) {
            fail(ctx, new IOException("the proxy " + proxy + " refuses with " + words(status)));
        } else {
            ctx.fireChannelActive();
            if (rest.isReadable()) {
                ctx.fireChannelRead(rest.readRetainedSlice(rest.readableBytes()));
            }
            ctx.pipeline().remove(this);
            opened.trySuccess(ctx.channel());
        }
    }

    private static String words(Matcher status) {
        String reason = status.group(2) == null ? "" : status.group(2);
        String printable = reason.replaceAll("\\P{Print}", "?");
        return "HTTP "
                + status.group(1)
                + (printable.length() <= 80 ? printable : printable.substring(0, 80));
    }

    private void fail(ChannelHandlerContext ctx, IOException why) {
        if (opened.tryFailure(why)) {
            ctx.fireExceptionCaught(why);
        }
        ctx.close();
    }

    /// TLS with the proxy is no business of the handlers behind.
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls) {
            if (!tls.isSuccess()) {
                fail(ctx, new IOException("TLS with the proxy " + proxy + " failed", tls.cause()));
            }
            return;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        opened.tryFailure(cause);
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(ctx, new EOFException("the proxy " + proxy + " closed the connection"));
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        answer.release();
    }
}
