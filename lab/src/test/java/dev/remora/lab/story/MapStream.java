package dev.remora.lab.story;

import dev.remora.lab.crowd.InnerLink;
import dev.remora.server.control.InnerFrames.Frame;
import dev.remora.server.story.Client;
import dev.remora.server.story.Json;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// The messages of one map request, as they stood there, and what they add up to.
final class MapStream implements AutoCloseable {
    private static final int LENGTH = 4;

    private final InnerLink link;
    private final int stream;
    private final UnaryOperator<String> normal;
    private final Client client = new Client();
    private final List<Map<String, Object>> messages = new CopyOnWriteArrayList<>();
    private final ByteBuf pending = Unpooled.buffer();
    private volatile int status;
    private volatile boolean ended;

    /// @param link for this alone, since one thread reads all answers
    /// @param normal makes texts comparable that are each server's own
    MapStream(InnerLink link, String request, UnaryOperator<String> normal) throws IOException {
        this.link = link;
        this.normal = normal;
        this.stream = link.request("/machine/map", request.getBytes(StandardCharsets.UTF_8));
        Thread.ofVirtual().start(this::read);
    }

    /// Until the server has no more to say, or this is closed.
    private void read() {
        try {
            boolean more = true;
            while (more) {
                Frame frame = link.read();
                if (frame.stream() == stream) {
                    take(frame);
                    more = !frame.ends() && frame.type() != Http2FrameTypes.RST_STREAM;
                }
            }
        } catch (IOException e) {
            // ended without a word
        }
        ended = true;
    }

    private void take(Frame frame) throws IOException {
        if (frame.type() == Http2FrameTypes.HEADERS) {
            status = link.status(frame);
        }
        if (frame.type() == Http2FrameTypes.DATA) {
            pending.writeBytes(frame.payload());
        }
        while (status == 200 && isWhole()) {
            int length = pending.readIntLE();
            CharSequence json = pending.readCharSequence(length, StandardCharsets.UTF_8);
            Map<String, Object> message = Json.members(Json.parse(normal.apply(json.toString())));
            if (!message.containsKey("KeepAlive")) {
                messages.add(message);
                client.fold(message);
            }
        }
    }

    private boolean isWhole() {
        int there = pending.readableBytes();
        return there >= LENGTH && there >= LENGTH + pending.getIntLE(pending.readerIndex());
    }

    List<Map<String, Object>> messages() {
        return List.copyOf(messages);
    }

    /// All that has been told on it.
    Map<String, Object> known() {
        return client.known();
    }

    /// 0 until it has been answered.
    int status() {
        return status;
    }

    boolean hasEnded() {
        return ended;
    }

    @Override
    public void close() {
        link.close();
    }
}
