package dev.remora.server.relay;

import dev.remora.base.MalformedException;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.ClientHandshake;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpFrameReader;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.server.http.HttpCounts;
import dev.remora.server.http.HttpFront;
import dev.remora.server.http.Routes;
import dev.remora.server.http.TrustedProxies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// One connection to a [TestRelay], as its client sees it.
final class Wire {
    static final String UPGRADE =
            "GET /derp HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n";

    private static final int CHANNEL_BYTES = 4096;

    private final EmbeddedChannel channel;

    Wire(RelayContext relay, HttpCounts counts) {
        channel =
                new EmbeddedChannel() {
                    @Override
                    protected SocketAddress remoteAddress0() {
                        return isActive() ? new InetSocketAddress("192.0.2.7", 4711) : null;
                    }
                };
        channel.freezeTime();
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1, CHANNEL_BYTES));
        Routes routes = RelayRoutes.of(relay).and(RelayHome.routes());
        HttpFront.addTo(channel, routes, TrustedProxies.NONE, counts);
    }

    boolean isOpen() {
        channel.runPendingTasks();
        return channel.isActive();
    }

    boolean isRead() {
        return channel.config().isAutoRead();
    }

    void write(byte[] bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
    }

    void write(String text) {
        write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(DerpFrame... frames) {
        write(bytesOf(frames));
    }

    static byte[] bytesOf(DerpFrame... frames) {
        int length = 0;
        for (DerpFrame frame : frames) {
            length += frame.length();
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (DerpFrame frame : frames) {
            frame.writeTo(bytes);
        }
        return bytes.array();
    }

    /// Asks for DERP and forgets the answer.
    void upgrade() {
        write(UPGRADE + "\r\n");
        text();
    }

    static DerpFrame introduction(NodePrivateKey key, ClientDetails details)
            throws MalformedException {
        DerpServerKey relay = new DerpServerKey(TestRelay.KEY.publicKey().bytes());
        return new ClientHandshake(key, relay).clientInfo(details, new Random(6));
    }

    void introduce(NodePrivateKey key, ClientDetails details) throws MalformedException {
        write(introduction(key, details));
    }

    /// Everything that has come since it was last asked for.
    byte[] bytes() {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return ByteBufUtil.getBytes(all);
    }

    String text() {
        return new String(bytes(), StandardCharsets.ISO_8859_1);
    }

    List<DerpFrame> frames() throws MalformedException {
        return framesOf(bytes());
    }

    static List<DerpFrame> framesOf(byte[] bytes) throws MalformedException {
        List<DerpFrame> frames = new ArrayList<>();
        DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.LIMIT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        while (reader.next(in)) {
            frames.add(reader.frame());
        }
        return frames;
    }

    void pass(long span, TimeUnit unit) {
        channel.advanceTimeBy(span, unit);
        channel.runScheduledPendingTasks();
    }

    /// The client hangs up.
    void close() {
        channel.close();
        channel.runPendingTasks();
    }
}
