package dev.remora.io.control;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One request and its answer on an HTTP/2 connection, for a thread that may block, which should be a
/// virtual one.
///
/// The stream reads from the network only when its reader has taken all that came before, so what a server
/// sends too fast waits in HTTP/2's window, not in memory. Closing an unfinished stream cancels it.
final class Http2Stream implements AutoCloseable {
    private static final long OPEN_TIMEOUT_MS = 10_000;

    private final Http2StreamChannel channel;
    private final LinkedBlockingQueue<Event> events;
    private Optional<Http2Headers> headers = Optional.empty();
    private boolean ended;

    private sealed interface Event {
        record Head(Http2Headers headers) implements Event {}

        record Data(ByteBuffer bytes) implements Event {}

        record End() implements Event {}

        record Failed(String why) implements Event {}
    }

    private Http2Stream(Http2StreamChannel channel, LinkedBlockingQueue<Event> events) {
        this.channel = channel;
        this.events = events;
    }

    /// Sends a whole request.
    static Http2Stream send(Channel connection, Http2Headers request, byte[] body)
            throws IOException, InterruptedException {
        LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
        Http2StreamChannel channel = open(connection, new Receiver(events));
        channel.write(new DefaultHttp2HeadersFrame(request, body.length == 0));
        if (body.length > 0) {
            channel.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true));
        }
        channel.flush();
        return new Http2Stream(channel, events);
    }

    private static Http2StreamChannel open(Channel connection, Receiver receiver)
            throws IOException, InterruptedException {
        try {
            return new Http2StreamChannelBootstrap(connection)
                    .option(ChannelOption.AUTO_READ, false)
                    .handler(receiver)
                    .open()
                    .get(OPEN_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new EOFException("the connection takes no more requests");
        }
    }

    /// Waits for the answer's status.
    int status(Duration timeout) throws IOException, InterruptedException {
        if (headers.isEmpty()) {
            headers = Optional.of(head(next(timeout)));
        }
        CharSequence status = headers.get().status();
        try {
            return status == null ? 0 : Integer.parseInt(status.toString());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Http2Headers head(Event event) throws EOFException {
        return switch (event) {
            case Event.Head(Http2Headers arrived) -> arrived;
            case Event.Data data -> throw new EOFException("data before an answer");
            case Event.End end -> throw new EOFException("closed without an answer");
            case Event.Failed(String why) -> throw new EOFException(why);
        };
    }

    /// A header of the answer, once its status is there.
    Optional<String> header(String name) {
        return headers.map(all -> all.get(name)).map(CharSequence::toString);
    }

    /// Waits for more of the body; empty at its end.
    Optional<ByteBuffer> read(Duration timeout) throws IOException, InterruptedException {
        while (!ended) {
            switch (next(timeout)) {
                case Event.Head trailers -> {}
                case Event.Data(ByteBuffer bytes) -> {
                    return Optional.of(bytes);
                }
                case Event.End end -> ended = true;
                case Event.Failed(String why) -> throw new EOFException(why);
            }
        }
        return Optional.empty();
    }

    /// Waits for all of the body.
    ///
    /// @throws IOException also if it is longer than `limit` bytes
    byte[] readAll(int limit, Duration timeout) throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Optional<ByteBuffer> piece = read(timeout); piece.isPresent(); piece = read(timeout)) {
            byte[] bytes = new byte[piece.get().remaining()];
            piece.get().get(bytes);
            all.writeBytes(bytes);
            if (all.size() > limit) {
                throw new IOException("an answer of more than " + limit + " bytes");
            }
        }
        return all.toByteArray();
    }

    private Event next(Duration timeout) throws IOException, InterruptedException {
        Event event = events.poll();
        if (event == null) {
            channel.read();
            event = events.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }
        if (event == null) {
            throw new InterruptedIOException("silent for " + timeout.toSeconds() + " s");
        }
        return event;
    }

    @Override
    public void close() {
        if (!ended && channel.isActive()) {
            channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
        }
        channel.close();
    }

    /// Turns frames into events, on the loop.
    private static final class Receiver extends ChannelInboundHandlerAdapter {
        private final LinkedBlockingQueue<Event> events;

        Receiver(LinkedBlockingQueue<Event> events) {
            this.events = events;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object frame) {
            try {
                switch (frame) {
                    case Http2HeadersFrame head -> {
                        events.add(new Event.Head(head.headers()));
                        endIf(head.isEndStream());
                    }
                    case Http2DataFrame data -> {
                        addData(data.content());
                        endIf(data.isEndStream());
                    }
                    case Http2ResetFrame reset ->
                            events.add(
                                    new Event.Failed(
                                            "the server gave up this request, HTTP/2 error "
                                                    + reset.errorCode()));
                    default -> {} // settings and the like concern the connection
                }
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }

        private void addData(ByteBuf content) {
            if (content.isReadable()) {
                events.add(new Event.Data(ByteBuffer.wrap(ByteBufUtil.getBytes(content))));
            }
        }

        private void endIf(boolean end) {
            if (end) {
                events.add(new Event.End());
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame reset) {
                events.add(
                        new Event.Failed(
                                "the server gave up this request, HTTP/2 error "
                                        + reset.errorCode()));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            events.add(new Event.Failed("the connection broke"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            events.add(new Event.Failed(String.valueOf(cause.getMessage())));
            ctx.close();
        }
    }
}
