package dev.remora.server.relay;

import dev.remora.base.IpPort;
import dev.remora.base.MalformedException;
import dev.remora.proto.derp.ClientDetails;
import dev.remora.proto.derp.DerpFrame;
import dev.remora.proto.derp.DerpFrameReader;
import dev.remora.proto.derp.HandshakeFrame;
import dev.remora.proto.derp.MeshFrame;
import dev.remora.proto.derp.ServerDetails;
import dev.remora.proto.derp.ServerHandshake;
import dev.remora.server.relay.Admission.Arrival;
import dev.remora.server.relay.Admission.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection from its upgrade on: the introduction, then frames.
final class ClientHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(RelayServer.class);
    private static final long INTRODUCTION_WITHIN_MS = 10_000;
    private static final long STALLED_AFTER_MS = 15_000;
    private static final long KEEP_ALIVE_EVERY_MS = 60_000;
    private static final int KEEP_ALIVE_SPREAD_MS = 5_000;

    /// The longest frame that a client has reason to send; a mesh peer's has a second key.
    private static final int LONGEST = DerpFrame.MAX_PACKET + 2 * 32;

    private sealed interface Stage {
        record AwaitingInfo() implements Stage {}

        /// What comes meanwhile is held back.
        record Deciding(ServerHandshake handshake) implements Stage {}

        record Talking(Client client, Optional<TokenBucket> limit) implements Stage {}

        record Closed() implements Stage {}
    }

    private final RelayContext relay;
    private final Channel channel;
    private final IpPort from;
    private final Outbox outbox;
    private final DerpFrameReader reader = new DerpFrameReader(ServerHandshake.CLIENT_INFO_LIMIT);
    private final Deque<ByteBuf> held = new ArrayDeque<>(0);
    private Stage stage = new Stage.AwaitingInfo();
    private boolean holding;
    private Future<?> deadline;
    private @Nullable Future<?> keepAlive;

    ClientHandler(RelayContext relay, Channel channel, IpPort from) {
        this.relay = relay;
        this.channel = channel;
        this.from = from;
        this.outbox = new Outbox(channel, relay.budget(), relay.counts());
        this.deadline = in(INTRODUCTION_WITHIN_MS, Hangup.NO_INTRODUCTION);
    }

    private Future<?> in(long millis, Hangup why) {
        return channel.eventLoop().schedule(() -> close(why), millis, TimeUnit.MILLISECONDS);
    }

    /// Begins with the relay's greeting.
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        relay.handlers().add(this);
        outbox.always(new HandshakeFrame.ServerKey(relay.publicKey()));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        held.add((ByteBuf) message);
        if (!holding) {
            readHeld();
        }
    }

    private void readHeld() {
        try {
            while (!holding && !held.isEmpty()) {
                read(held.getFirst());
                if (!held.isEmpty() && !held.getFirst().isReadable()) {
                    held.remove().release();
                }
            }
        } catch (MalformedException e) {
            LOG.debug("hanging up on {}: {}", from, e.reason());
            boolean known = stage instanceof Stage.Talking;
            close(known ? Hangup.MALFORMED : Hangup.BAD_INTRODUCTION);
        }
    }

    private void read(ByteBuf bytes) throws MalformedException {
        ByteBuffer piece = bytes.nioBuffer();
        while (!holding && reader.next(piece)) {
            onFrame(reader.frame());
        }
        if (!(stage instanceof Stage.Closed)) {
            bytes.skipBytes(bytes.readableBytes() - piece.remaining());
        }
    }

    private void onFrame(DerpFrame frame) throws MalformedException {
        switch (stage) {
            case Stage.AwaitingInfo() -> onIntroduction(frame);
            case Stage.Talking(var client, var limit) -> {
                relay.switchboard().spoke(client);
                onFrame(frame, client);
                limit.ifPresent(bucket -> charge(bucket, frame.payloadLength()));
            }
            case Stage.Deciding _, Stage.Closed() -> {} // nothing is read then
        }
    }

    private void onIntroduction(DerpFrame frame) throws MalformedException {
        if (!(frame instanceof HandshakeFrame.ClientInfo info)) {
            throw new MalformedException("a client begins with frame type " + frame.type());
        }
        ServerHandshake handshake = new ServerHandshake(relay.key(), info.client());
        ClientDetails details = handshake.open(info);
        deadline.cancel(false);
        deadline = in(INTRODUCTION_WITHIN_MS, Hangup.NOT_ADMITTED);
        stage = new Stage.Deciding(handshake);
        hold();
        Arrival arrival = new Arrival(info.client(), from, details);
        verdict(arrival)
                .whenCompleteAsync(
                        (verdict, failure) -> onVerdict(arrival, verdict, failure),
                        channel.eventLoop());
    }

    private CompletionStage<Verdict> verdict(Arrival arrival) {
        return relay.isOfMesh(arrival.details())
                ? CompletableFuture.completedFuture(new Verdict.Admitted(RateLimit.NONE))
                : relay.admission().decide(arrival);
    }

    private void onVerdict(
            Arrival arrival, @Nullable Verdict verdict, @Nullable Throwable failure) {
        if (!(stage instanceof Stage.Deciding(var handshake))) {
            return; // it left, or waited too long
        }
        deadline.cancel(false);
        switch (verdict) {
            case null -> {
                LOG.warn("nobody could say whether {} may come in", arrival.key(), failure);
                close(Hangup.NOT_ADMITTED);
            }
            case Verdict.Refused(var reason) -> {
                LOG.debug("{} may not come in: {}", arrival.key(), reason);
                close(Hangup.NOT_ADMITTED);
            }
            case Verdict.Admitted(var limit) -> admit(arrival, handshake, limit);
        }
    }

    private void admit(Arrival arrival, ServerHandshake handshake, RateLimit limit) {
        Client client = client(arrival);
        stage = new Stage.Talking(client, bucket(limit));
        reader.limit(LONGEST);
        relay.switchboard().join(client);
        ServerDetails details = new ServerDetails(ClientDetails.VERSION, 0, 0);
        outbox.always(handshake.serverInfo(details, relay.random()));
        long every = KEEP_ALIVE_EVERY_MS + relay.random().nextInt(KEEP_ALIVE_SPREAD_MS);
        keepAlive =
                channel.eventLoop()
                        .scheduleAtFixedRate(
                                () -> outbox.passing(new DerpFrame.KeepAlive()),
                                every,
                                every,
                                TimeUnit.MILLISECONDS);
        resume();
    }

    private Client client(Arrival arrival) {
        Client.Kind kind =
                relay.isOfMesh(arrival.details())
                        ? Client.Kind.MESH_PEER
                        : arrival.details().prober() ? Client.Kind.PROBER : Client.Kind.NODE;
        return new Client(arrival, kind, outbox, () -> close(Hangup.BY_MESH), relay.now());
    }

    private Optional<TokenBucket> bucket(RateLimit limit) {
        long burst = Math.max(limit.burstBytes(), LONGEST);
        return limit.bytesPerSecond() == 0
                ? Optional.empty()
                : Optional.of(new TokenBucket(limit.bytesPerSecond(), burst, relay.now()));
    }

    private void onFrame(DerpFrame frame, Client client) throws MalformedException {
        switch (frame) {
            case DerpFrame.SendPacket(var to, var packet) ->
                    relay.switchboard().send(client, to, packet, relay.now());
            case DerpFrame.Ping(var data) -> outbox.pong(data);
            case MeshFrame mesh -> onMeshFrame(mesh, client);
            case DerpFrame.NotePreferred _, DerpFrame.Pong _ -> {} // good to hear, and that is all
            case HandshakeFrame _,
                    DerpFrame.RecvPacket _,
                    DerpFrame.KeepAlive _,
                    DerpFrame.PeerGone _,
                    DerpFrame.Health _,
                    DerpFrame.Restarting _,
                    DerpFrame.Unknown _ -> {} // for clients, or of a newer protocol
        }
    }

    private void onMeshFrame(MeshFrame frame, Client client) throws MalformedException {
        if (!client.isMeshPeer()) {
            throw new MalformedException("a client speaks as a mesh peer");
        }
        switch (frame) {
            case MeshFrame.WatchConns() -> relay.switchboard().watch(client);
            case MeshFrame.ForwardPacket(var sender, var to, var packet) ->
                    relay.switchboard().forwarded(sender, to, packet);
            case MeshFrame.ClosePeer(var peer) -> relay.switchboard().end(peer);
            case MeshFrame.PeerPresent _ -> {} // for watchers
        }
    }

    /// Who has sent more than it may is read again when that is paid for.
    private void charge(TokenBucket bucket, int length) {
        long pause = bucket.charge(length, relay.now());
        if (pause > 0) {
            hold();
            channel.eventLoop().schedule(this::resume, pause, TimeUnit.NANOSECONDS);
        }
    }

    private void hold() {
        holding = true;
        channel.config().setAutoRead(false);
    }

    private void resume() {
        if (!(stage instanceof Stage.Closed)) {
            holding = false;
            readHeld();
        }
        if (!holding) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!(stage instanceof Stage.Talking)) {
            return;
        }
        deadline.cancel(false);
        if (channel.isWritable()) {
            outbox.drain();
        } else {
            deadline = in(STALLED_AFTER_MS, Hangup.STALLED);
        }
    }

    /// Says that the relay will be back, and hangs up.
    void shutDown(DerpFrame.Restarting notice) {
        if (stage instanceof Stage.Talking) {
            outbox.always(notice);
            channel.flush();
        }
        close(Hangup.SHUTDOWN);
    }

    private void close(Hangup why) {
        if (stage instanceof Stage.Closed) {
            return;
        }
        relay.counts().hungUp(why);
        deadline.cancel(false);
        if (keepAlive != null) {
            keepAlive.cancel(false);
        }
        if (stage instanceof Stage.Talking(var client, _)) {
            relay.switchboard().leave(client);
        }
        stage = new Stage.Closed();
        holding = true;
        relay.handlers().remove(this);
        outbox.clear();
        channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close(Hangup.GONE);
        letGo();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        letGo();
    }

    private void letGo() {
        for (ByteBuf bytes : held) {
            bytes.release();
        }
        held.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("the connection of {} broke", from, cause);
        close(Hangup.GONE);
    }
}
