package dev.remora.server.control;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2WindowUpdateFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// HTTP/2 inside of one Noise connection. Requests go to streams of their own; what concerns the connection as a whole
/// passes by here, is counted, and ends it when it is too much.
final class InnerConnection extends ChannelInboundHandlerAdapter {
    /// Each takes some kilobytes, and a client has a poll and a few short requests.
    private static final int MOST_STREAMS = 64;

    private static final int MOST_HEADER_BYTES = 16 << 10;

    /// What one client may send us before we have read it, of one request and of all.
    private static final int STREAM_WINDOW = 256 << 10;

    private static final int CONNECTION_WINDOW = 1 << 20;

    /// More resets, empty frames or unsent answers to control frames than any client has reason for; [Http2FrameCodec]
    /// ends connections that have them.
    private static final int MOST_RESETS = 200;

    private static final int RESETS_WITHIN_S = 30;
    private static final int MOST_EMPTY_FRAMES = 8;
    private static final int MOST_UNSENT = 500;

    /// Settings, pings and the like: a real client sends two, and then answers ours.
    private static final int MOST_CONTROL_FRAMES = 200;

    private static final long CONTROL_FRAMES_WITHIN_NS = TimeUnit.SECONDS.toNanos(10);

    private final InnerContext context;
    private final Visitor visitor;
    private final Http2Connection streams;
    private final Future<?> check;
    private long quietSince = System.nanoTime();
    private int lastStream;
    private int controlFrames;
    private long countingSince;

    private InnerConnection(
            Channel channel, InnerContext context, Visitor visitor, Http2Connection streams) {
        this.context = context;
        this.visitor = visitor;
        this.streams = streams;
        visitor.mayHaveToGo(
                new Strangers.Guest(() -> streams.numActiveStreams() == 0, channel::close));
        long every = context.settings().waits().request().toMillis();
        this.check =
                channel.eventLoop()
                        .scheduleWithFixedDelay(
                                () -> lookAfter(channel), every, every, TimeUnit.MILLISECONDS);
    }

    /// Starts HTTP/2 behind the handlers that a channel has; called on its loop. Our settings are the first it sends.
    static void addTo(Channel channel, InnerContext context, Visitor visitor) {
        Http2FrameCodec codec = codec();
        channel.pipeline()
                .addLast(
                        codec,
                        new InnerConnection(channel, context, visitor, codec.connection()),
                        new Http2MultiplexHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel stream) {
                                        stream.pipeline()
                                                .addLast(new InnerStream(context, visitor));
                                    }
                                }));
        widen(codec.connection());
    }

    private static Http2FrameCodec codec() {
        Http2FrameCodec codec =
                Http2FrameCodecBuilder.forServer()
                        .initialSettings(
                                Http2Settings.defaultSettings()
                                        .maxConcurrentStreams(MOST_STREAMS)
                                        .maxHeaderListSize(MOST_HEADER_BYTES)
                                        .initialWindowSize(STREAM_WINDOW))
                        .decoderEnforceMaxRstFramesPerWindow(MOST_RESETS, RESETS_WITHIN_S)
                        .decoderEnforceMaxConsecutiveEmptyDataFrames(MOST_EMPTY_FRAMES)
                        .encoderEnforceMaxQueuedControlFrames(MOST_UNSENT)
                        .build();
        codec.gracefulShutdownTimeoutMillis(0);
        return codec;
    }

    private static void widen(Http2Connection connection) {
        try {
            connection
                    .local()
                    .flowController()
                    .incrementWindowSize(connection.connectionStream(), CONNECTION_WINDOW);
        } catch (Http2Exception e) {
            throw new IllegalStateException("a window of a fresh connection", e);
        }
    }

    /// A stranger that asks for nothing has no business here. A member has time: one that is up always has its poll, one that
    /// is not keeps a connection that it does not need. It is told to come back on another before this one is closed.
    private void lookAfter(Channel channel) {
        boolean idle = streams.numActiveStreams() == 0;
        long now = System.nanoTime();
        if (idle && visitor.stranger()) {
            refuse(channel, RefusalKind.SILENT);
        } else if (!idle || streams.remote().lastStreamCreated() != lastStream) {
            lastStream = streams.remote().lastStreamCreated();
            quietSince = now;
        } else if (now - quietSince >= context.settings().waits().idle().toNanos()) {
            channel.close(); // says GOAWAY first
        }
    }

    private void refuse(Channel channel, RefusalKind why) {
        context.refusals().count(why, visitor.from(), "");
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        boolean control =
                !(frame instanceof Http2HeadersFrame
                        || frame instanceof Http2DataFrame
                        || frame instanceof Http2WindowUpdateFrame);
        if (control && floods()) {
            ReferenceCountUtil.release(frame);
            if (ctx.channel().isActive()) {
                refuse(ctx.channel(), RefusalKind.FLOOD);
            }
            return;
        }
        ctx.fireChannelRead(frame);
    }

    private boolean floods() {
        long now = System.nanoTime();
        if (now - countingSince > CONTROL_FRAMES_WITHIN_NS) {
            countingSince = now;
            controlFrames = 0;
        }
        return ++controlFrames > MOST_CONTROL_FRAMES;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException) && ctx.channel().isActive()) {
            refuse(ctx.channel(), RefusalKind.BAD_HTTP);
        }
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        check.cancel(false);
        visitor.known();
    }
}
