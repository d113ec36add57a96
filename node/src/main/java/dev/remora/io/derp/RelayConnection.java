package dev.remora.io.derp;

import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.ClientHandshake;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpFrameReader;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.proto.derp.HandshakeFrame;
import dev.remora.proto.derp.MeshFrame;
import dev.remora.proto.derp.MetaCertificate;
import dev.remora.proto.derp.SendAllowance;
import dev.remora.proto.derp.ServerDetails;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// One connection to a relay, from the TCP connection on: TLS, then the HTTP upgrade or fast start, then frames.
final class RelayConnection extends ChannelInboundHandlerAdapter {
    private static final String TLS_1_3 = "TLSv1.3";
    private static final int DIRECT_PIECE = 16 << 10;

    /// What happens on a connection, in this order: introduced, registered, then anything; closed comes last and once.
    interface Events {
        /// Packets may be sent.
        void onIntroduced(RelayConnection connection);

        /// The relay has accepted us and delivers what others send.
        void onRegistered(RelayConnection connection);

        /// A frame has come; what it was follows.
        void onHeard(long now);

        void onPacket(NodeKey from, ByteBuffer packet);

        void onPeerGone(NodeKey peer, int reason);

        void onHealth(String problem);

        void onRestarting(DerpFrame.Restarting notice);

        /// The channel takes packets again.
        void onWritable(RelayConnection connection);

        void onClosed(RelayConnection connection, String why);
    }

    /// What a connection needs from outside.
    ///
    /// @param upgrade the request, told whether fast start is possible
    /// @param clock nanoseconds since the node started
    record Setup(
            NodePrivateKey self,
            Upgrade upgrade,
            boolean home,
            RandomGenerator random,
            LongSupplier clock) {}

    /// Makes the HTTP request of a connection.
    @FunctionalInterface
    interface Upgrade {
        UpgradeRequest request(boolean fastStart);
    }

    private sealed interface Stage {
        /// TLS, or the answer to our HTTP request, is not there yet.
        record Opening() implements Stage {}

        /// The next frame must tell the relay's key.
        record AwaitingKey() implements Stage {}

        record Talking(ClientHandshake handshake) implements Stage {}

        record Closed() implements Stage {}
    }

    private final Setup setup;
    private final Events events;
    private final Channel channel;
    private final SslHandler tls;
    private final DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.GREETING_LIMIT);
    private @Nullable ByteBuffer directPiece;
    private Stage stage = new Stage.Opening();
    private SendAllowance allowance;
    private long lastFrameAt;
    private long lastPong;
    private boolean home;
    private boolean flushPlanned;

    private RelayConnection(Channel channel, SslHandler tls, Setup setup, Events events) {
        this.channel = channel;
        this.tls = tls;
        this.setup = setup;
        this.events = events;
        this.home = setup.home();
        this.lastFrameAt = now();
        this.allowance = new SendAllowance(new ServerDetails(ClientDetails.VERSION, 0, 0), now());
    }

    /// Takes over a channel that is connected to the relay.
    static RelayConnection start(Channel channel, SslHandler tls, Setup setup, Events events) {
        RelayConnection connection = new RelayConnection(channel, tls, setup, events);
        channel.pipeline().addLast(tls, connection);
        return connection;
    }

    Channel channel() {
        return channel;
    }

    /// When the relay was last heard, nanoseconds since the node started.
    long lastFrameAt() {
        return lastFrameAt;
    }

    /// Whether a packet written now would get under way; if not, [Events#onWritable] says when.
    boolean canSend() {
        return stage instanceof Stage.Talking && channel.isWritable();
    }

    /// Whether the relay's limit on what we send leaves room for a frame; if so, it counts as sent.
    boolean mayTake(int frameLength) {
        return allowance.take(frameLength, now());
    }

    /// Takes the frame over. Flushed at the end of this wake-up of the loop.
    void write(ByteBuf frame) {
        channel.write(frame, channel.voidPromise());
        if (!flushPlanned) {
            flushPlanned = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    private void flush() {
        flushPlanned = false;
        channel.flush();
    }

    void noteHome(boolean isHome) {
        home = isHome;
        if (stage instanceof Stage.Talking) {
            write(SendQueue.bytesOf(new DerpFrame.NotePreferred(isHome)));
        }
    }

    /// Sends a ping; [#answered] says whether its pong has come.
    long ping() {
        long data = setup.random().nextLong();
        if (stage instanceof Stage.Talking) {
            write(SendQueue.bytesOf(new DerpFrame.Ping(data)));
        }
        return data;
    }

    boolean answered(long ping) {
        return lastPong == ping;
    }

    void close(String why) {
        if (stage instanceof Stage.Closed) {
            return;
        }
        stage = new Stage.Closed();
        channel.close();
        events.onClosed(this, why);
    }

    private long now() {
        return setup.clock().getAsLong();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls) {
            if (tls.isSuccess()) {
                onSecured(ctx);
            } else {
                close(RelayTrouble.sentence(tls.cause()));
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    private void onSecured(ChannelHandlerContext ctx) {
        Optional<DerpServerKey> known = keyFor(tls.engine().getSession());
        UpgradeRequest request = setup.upgrade().request(known.isPresent());
        if (known.isPresent()) {
            write(Unpooled.wrappedBuffer(request.bytes()));
            introduce(known.get());
        } else {
            ctx.pipeline().addBefore(ctx.name(), "http", new HttpResponseDecoder());
            ctx.writeAndFlush(Unpooled.wrappedBuffer(request.bytes()));
        }
    }

    /// Before TLS 1.3 certificates travel in clear, so the key in one of them may be anybody's.
    private static Optional<DerpServerKey> keyFor(SSLSession session) {
        try {
            return TLS_1_3.equals(session.getProtocol())
                    ? MetaCertificate.find(List.of(session.getPeerCertificates()))
                            .map(MetaCertificate::serverKey)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    private void introduce(DerpServerKey relay) {
        try {
            ClientHandshake handshake = new ClientHandshake(setup.self(), relay);
            stage = new Stage.Talking(handshake);
            reader.limit(DerpFrameReader.LIMIT);
            write(SendQueue.bytesOf(handshake.clientInfo(ClientDetails.OF_NODE, setup.random())));
            if (home) {
                noteHome(true);
            }
            events.onIntroduced(this);
        } catch (MalformedException e) {
            close("the relay's key is unusable: " + e.reason());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            switch (message) {
                case HttpResponse response -> onResponse(response);
                case LastHttpContent _ -> ctx.pipeline().remove(HttpResponseDecoder.class);
                case ByteBuf bytes -> onBytes(bytes);
                default -> {} // the body of a refusal
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onResponse(HttpResponse response) {
        DecoderResult decoded = response.decoderResult();
        if (decoded.isFailure()) {
            close("what answers there does not speak HTTP");
        } else if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            close("it answers \"" + response.status() + "\" instead of becoming a DERP connection");
        } else if (stage instanceof Stage.Opening) {
            stage = new Stage.AwaitingKey();
        }
    }

    private void onBytes(ByteBuf bytes) {
        try {
            while (bytes.isReadable()) {
                onPiece(nextPiece(bytes));
            }
        } catch (MalformedException e) {
            close("it does not speak DERP as we know it: " + e.reason());
        }
    }

    /// Packets are handed on in direct memory, where ciphers outside the heap can reach them.
    private ByteBuffer nextPiece(ByteBuf bytes) {
        if (bytes.isDirect() && bytes.nioBufferCount() == 1) {
            ByteBuffer piece = bytes.nioBuffer();
            bytes.skipBytes(piece.remaining());
            return piece;
        }
        if (directPiece == null) {
            directPiece = ByteBuffer.allocateDirect(DIRECT_PIECE);
        }
        directPiece.clear().limit(Math.min(DIRECT_PIECE, bytes.readableBytes()));
        bytes.readBytes(directPiece);
        return directPiece.flip();
    }

    private void onPiece(ByteBuffer piece) throws MalformedException {
        while (!(stage instanceof Stage.Closed) && reader.next(piece)) {
            lastFrameAt = now();
            events.onHeard(lastFrameAt);
            onFrame();
        }
    }

    private void onFrame() throws MalformedException {
        DerpFrame frame;
        try {
            frame = reader.frame();
        } catch (MalformedException e) {
            if (stage instanceof Stage.AwaitingKey) {
                throw e;
            }
            return; // too short for its type: skipped, as the reference client does
        }
        switch (stage) {
            case Stage.AwaitingKey() -> introduce(ClientHandshake.serverKey(frame));
            case Stage.Talking(var handshake) -> onFrame(frame, handshake);
            case Stage.Opening() -> throw new MalformedException("frames before the upgrade");
            case Stage.Closed() -> {}
        }
    }

    private void onFrame(DerpFrame frame, ClientHandshake handshake) throws MalformedException {
        switch (frame) {
            case DerpFrame.RecvPacket(var from, var packet) -> events.onPacket(from, packet);
            case HandshakeFrame.ServerInfo info -> {
                allowance = new SendAllowance(handshake.open(info), now());
                events.onRegistered(this);
            }
            case DerpFrame.PeerGone(var peer, var reason) -> events.onPeerGone(peer, reason);
            case DerpFrame.Ping(var data) -> pong(data);
            case DerpFrame.Pong(var data) -> lastPong = data;
            case DerpFrame.Health(var problem) -> events.onHealth(problem);
            case DerpFrame.Restarting notice -> events.onRestarting(notice);
            case DerpFrame.KeepAlive _ -> {} // heard, which is all it is for
            case HandshakeFrame.ServerKey _ -> {} // comes after a fast start too, then we know it
            case HandshakeFrame.ClientInfo _,
                    DerpFrame.SendPacket _,
                    DerpFrame.NotePreferred _,
                    DerpFrame.Unknown _,
                    MeshFrame _ -> {} // not for us
        }
    }

    /// Left out while the relay does not read: pings must not fill our memory.
    private void pong(long data) {
        if (channel.isWritable()) {
            write(SendQueue.bytesOf(new DerpFrame.Pong(data)));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (canSend()) {
            events.onWritable(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close("the relay closed the connection");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        close(RelayTrouble.sentence(cause));
    }
}
