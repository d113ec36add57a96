package dev.remora.node;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netstack.StreamHandler;
import dev.remora.engine.netstack.TcpStream;
import dev.remora.io.loop.JdkAddresses;
import dev.remora.proto.tcp.Flow;
import dev.remora.proto.tcp.TcpEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A TCP stream of the tailnet as a Netty channel, on the loop that also owns the engine: bytes go from the packet to the pipeline and from the
/// pipeline to the packet without another queue or thread.
///
/// What the pipeline does not want now stays in the connection and closes the peer's window; what the connection does not take stays in the channel's
/// outbound buffer and makes the channel unwritable.
public final class StreamChannel extends AbstractChannel implements DuplexChannel, StreamHandler {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final StreamContext context;
    private final StreamChannelConfig config = new StreamChannelConfig(this);
    private final ReceivedPieces received = new ReceivedPieces(this);
    private @Nullable TcpStream stream;
    private State state = State.OPENING;
    private boolean reading;
    private boolean readPosted;
    private boolean announced;
    private boolean inputShutdown;
    private boolean outputShutdown;

    /// The connection below has ended; nothing may be asked of it any more.
    private boolean gone;

    private enum State {
        OPENING,
        CONNECTED,
        CLOSED
    }

    StreamChannel(StreamContext context) {
        super(null);
        this.context = context;
    }

    /// Binds the channel to its connection; once, before anything else.
    void start(TcpStream of) {
        stream = of;
    }

    private TcpStream stream() {
        if (stream == null) {
            throw new IllegalStateException("not started");
        }
        return stream;
    }

    /// The node at the other end.
    public NodeKey peer() {
        return stream().peer();
    }

    /// Both ends' tailnet addresses.
    public Flow flow() {
        return stream().flow();
    }

    // What the connection says.

    @Override
    public void onPayload(TcpStream from, ByteBuffer payload) {
        if (!reading || inputShutdown || state != State.CONNECTED) {
            return;
        }
        received.take(payload);
        if (!announced) {
            announced = true;
            context.readSoon(this);
        }
    }

    /// Passes on what was gathered. Not called while packets are being taken.
    void deliverReceived() {
        announced = false;
        if (received.isEmpty()) {
            return;
        }
        reading = false;
        for (ByteBuf piece; (piece = received.poll()) != null; ) {
            pipeline().fireChannelRead(piece); // which may close us, and so let go of the others
        }
        received.passedOn();
        pipeline().fireChannelReadComplete();
    }

    @Override
    public void onEvent(TcpStream from, TcpEvent event) {
        switch (event) {
            case TcpEvent.Connected _ -> onConnected();
            case TcpEvent.Readable _ -> {} // whoever wants to read asks
            case TcpEvent.Writable _ -> ((StreamUnsafe) unsafe()).flushAgain();
            case TcpEvent.PeerFinished _ -> onPeerFinished();
            case TcpEvent.Closed(var reason, _) -> onClosed(reason);
        }
    }

    private void onConnected() {
        if (state == State.OPENING) {
            state = State.CONNECTED;
            pipeline().fireChannelActive();
        }
    }

    private void onPeerFinished() {
        deliverReceived();
        if (state == State.CLOSED) {
            return;
        }
        inputShutdown = true;
        if (config.allowsHalfClosure()) {
            pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
        } else {
            close();
        }
    }

    private void onClosed(TcpEvent.Reason reason) {
        gone = true;
        deliverReceived();
        if (state == State.CLOSED) {
            return;
        }
        switch (reason) {
            case FINISHED, ABORTED -> {}
            case RESET ->
                    pipeline().fireExceptionCaught(new IOException("connection reset by the peer"));
            case REFUSED -> pipeline().fireExceptionCaught(new IOException("connection refused"));
            case FORBIDDEN ->
                    pipeline()
                            .fireExceptionCaught(
                                    new IOException(
                                            "not allowed: the peer's packet filter lets nothing of ours through to that port"));
            case TIMEOUT ->
                    pipeline().fireExceptionCaught(new IOException("the peer does not answer"));
        }
        close();
    }

    // What the pipeline asks.

    @Override
    protected void doBeginRead() {
        reading = !inputShutdown;
        if (reading && !readPosted && isUsable() && stream().readable() > 0) {
            readPosted = true;
            eventLoop().execute(this::resume);
        }
    }

    private boolean isUsable() {
        return state == State.CONNECTED && !gone;
    }

    private void resume() {
        readPosted = false;
        if (reading && isUsable()) {
            stream().resume(context.now());
            context.finishBatchSoon();
        }
    }

    void stopReading() {
        reading = false;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        for (ByteBuf bytes = (ByteBuf) in.current();
                bytes != null;
                bytes = (ByteBuf) in.current()) {
            int length = bytes.readableBytes();
            int taken = length == 0 ? 0 : write(bytes);
            in.progress(taken);
            if (taken < length) {
                break; // Writable follows
            }
            in.remove();
        }
        context.finishBatchSoon();
    }

    private int write(ByteBuf bytes) {
        int taken = 0;
        int parts = bytes.nioBufferCount();
        if (parts == 1) {
            taken = write(bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes()));
        } else {
            for (ByteBuffer part : bytes.nioBuffers()) {
                int offered = part.remaining();
                int now = write(part);
                taken += now;
                if (now < offered) {
                    break;
                }
            }
        }
        bytes.skipBytes(taken);
        return taken;
    }

    private int write(ByteBuffer part) {
        return gone ? 0 : stream().write(part, context.now());
    }

    @Override
    protected void doShutdownOutput() {
        outputShutdown = true;
        if (isUsable()) {
            stream().shutdownOutput();
            context.finishBatchSoon();
        }
    }

    @Override
    protected void doClose() {
        State before = state;
        state = State.CLOSED;
        received.release();
        if (before == State.CLOSED || gone || stream == null) {
            return;
        }
        if (config.closesByReset()) {
            stream().abort();
        } else {
            stream().close();
        }
        context.finishBatchSoon();
    }

    // What a channel is.

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    @Override
    public boolean isActive() {
        return state == State.CONNECTED;
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return stream == null
                ? null
                : JdkAddresses.of(new IpPort(flow().local(), flow().localPort()));
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return stream == null
                ? null
                : JdkAddresses.of(new IpPort(flow().remote(), flow().remotePort()));
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new UnsupportedOperationException("a stream has its address from the tailnet");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException(
                "a stream carries bytes, not " + message.getClass().getSimpleName());
    }

    @Override
    public boolean isInputShutdown() {
        return inputShutdown;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown || state == State.CLOSED;
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    /// Bytes that still come are no longer read; the peer is not told.
    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return onLoop(
                promise,
                () -> {
                    inputShutdown = true;
                    reading = false;
                    promise.setSuccess();
                });
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        return onLoop(promise, () -> ((AbstractUnsafe) unsafe()).shutdownOutput(promise));
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        shutdownInput();
        return shutdownOutput(promise);
    }

    private ChannelFuture onLoop(ChannelPromise promise, Runnable action) {
        if (eventLoop().inEventLoop()) {
            action.run();
        } else {
            eventLoop().execute(action);
        }
        return promise;
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new StreamUnsafe();
    }

    private final class StreamUnsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            promise.setFailure(new UnsupportedOperationException("a stream is opened by its node"));
        }

        /// The connection takes bytes again.
        void flushAgain() {
            flush0();
        }
    }
}
