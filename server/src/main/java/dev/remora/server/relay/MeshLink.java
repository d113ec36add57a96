package dev.remora.server.relay;

import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.ClientHandshake;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpFrameReader;
import dev.remora.proto.derp.DerpServerKey;
import dev.remora.proto.derp.HandshakeFrame;
import dev.remora.proto.derp.MeshFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Our connection to another relay of the region, on which we are its client: we learn who is connected there, and hand
/// over what is for them. What is for our clients comes on the connection that it has to us.
final class MeshLink extends ChannelInboundHandlerAdapter implements Elsewhere {
    private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
    private static final long WATCHING_WITHIN_MS = 10_000;

    private enum Stage {
        UPGRADING,
        GREETING,
        INTRODUCED,
        WATCHING,
        ENDED
    }

    private final RelayContext relay;
    private final MeshSettings settings;
    private final MeshPeer peer;
    private final Channel channel;
    private final Runnable found;
    private final Consumer<String> lost;
    private final DerpFrameReader reader = new DerpFrameReader(DerpFrameReader.GREETING_LIMIT);
    private final Future<?> deadline;
    private Stage stage = Stage.UPGRADING;
    private boolean flushPlanned;

    /// @param found is told when we have been welcomed
    /// @param lost is told why, once, unless the other relay is ourselves
    MeshLink(
            RelayContext relay,
            MeshSettings settings,
            MeshPeer peer,
            Channel channel,
            Runnable found,
            Consumer<String> lost) {
        this.relay = relay;
        this.settings = settings;
        this.peer = peer;
        this.channel = channel;
        this.found = found;
        this.lost = lost;
        this.deadline =
                channel.eventLoop()
                        .schedule(
                                () -> end("it says too little"),
                                WATCHING_WITHIN_MS,
                                TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        String request =
                "GET /derp HTTP/1.1\r\nHost: "
                        + peer.authority()
                        + "\r\nUser-Agent: remora\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\r\n";
        ctx.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpResponse answer && stage == Stage.UPGRADING) {
                onAnswer(ctx, answer);
            } else if (message instanceof ByteBuf bytes) {
                onBytes(bytes.nioBuffer());
            }
        } catch (MalformedException e) {
            end(e.reason());
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void onAnswer(ChannelHandlerContext ctx, HttpResponse answer) {
        if (!answer.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            end("it answers " + answer.status());
            return;
        }
        stage = Stage.GREETING;
        ctx.pipeline().remove(HttpResponseDecoder.class);
    }

    private void onBytes(ByteBuffer piece) throws MalformedException {
        while (stage != Stage.ENDED && reader.next(piece)) {
            onFrame(reader.frame());
        }
    }

    private void onFrame(DerpFrame frame) throws MalformedException {
        if (stage == Stage.GREETING) {
            introduce(ClientHandshake.serverKey(frame));
            return;
        }
        switch (frame) {
            case HandshakeFrame.ServerInfo _ -> welcome();
            case MeshFrame.PeerPresent present ->
                    relay.switchboard().reachable(present.peer(), this);
            case DerpFrame.PeerGone gone -> relay.switchboard().unreachable(gone.peer(), this);
            case DerpFrame.Ping(var data) -> write(new DerpFrame.Pong(data));
            case HandshakeFrame _,
                    MeshFrame _,
                    DerpFrame.SendPacket _,
                    DerpFrame.RecvPacket _,
                    DerpFrame.KeepAlive _,
                    DerpFrame.NotePreferred _,
                    DerpFrame.Pong _,
                    DerpFrame.Health _,
                    DerpFrame.Restarting _,
                    DerpFrame.Unknown _ -> {} // nothing to do
        }
    }

    private void introduce(DerpServerKey other) throws MalformedException {
        if (other.equals(relay.publicKey())) {
            LOG.debug("{} is this relay itself", peer);
            deadline.cancel(false);
            stage = Stage.ENDED;
            channel.close();
            return;
        }
        ClientDetails details =
                new ClientDetails(
                        ClientDetails.VERSION, true, false, Optional.of(settings.key()), "");
        stage = Stage.INTRODUCED;
        reader.limit(DerpFrameReader.LIMIT);
        write(new ClientHandshake(relay.key(), other).clientInfo(details, relay.random()));
        write(new MeshFrame.WatchConns());
    }

    private void welcome() {
        if (stage == Stage.INTRODUCED) {
            stage = Stage.WATCHING;
            deadline.cancel(false);
            relay.counts().meshed();
            found.run();
            LOG.info("in a mesh with {}", peer);
        }
    }

    /// A relay that reads too slowly loses packets like any other receiver, and it is the latest that go: the earlier
    /// ones are in its connection already.
    @Override
    public void forward(NodeKey from, NodeKey to, ByteBuffer packet) {
        if (channel.isWritable()) {
            relay.counts().forwarded();
            write(new MeshFrame.ForwardPacket(from, to, packet));
        } else {
            relay.counts().dropped(Drop.QUEUE_FULL);
        }
    }

    private void write(DerpFrame frame) {
        channel.write(Outbox.bytesOf(channel.alloc(), frame), channel.voidPromise());
        if (!flushPlanned) {
            flushPlanned = true;
            channel.eventLoop().execute(this::flush);
        }
    }

    private void flush() {
        flushPlanned = false;
        channel.flush();
    }

    private void end(String why) {
        if (stage == Stage.ENDED) {
            return;
        }
        if (stage == Stage.WATCHING) {
            relay.counts().unmeshed();
        }
        stage = Stage.ENDED;
        deadline.cancel(false);
        relay.switchboard().forget(this);
        channel.close();
        lost.accept(why);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end("the connection ended");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        end(String.valueOf(cause.getMessage()));
    }
}
