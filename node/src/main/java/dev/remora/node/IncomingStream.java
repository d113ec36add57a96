package dev.remora.node;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netstack.ConnectRequest;
import io.netty.channel.ChannelHandler;
import java.util.Optional;

/// A peer's wish for a connection to a port that this node listens on. Nothing was answered yet: decide with [#accept], [#refuse] or [#ignore], now or
/// a little later, on the loop.
public final class IncomingStream {
    private final StreamFactory streams;
    private final ConnectRequest request;

    IncomingStream(StreamFactory streams, ConnectRequest request) {
        this.streams = streams;
        this.request = request;
    }

    /// Where the peer connects from, on the tailnet.
    public IpPort from() {
        return request.from();
    }

    /// Who connects.
    public NodeKey peer() {
        return request.peer();
    }

    /// The address and port of ours that it asks for.
    public IpPort to() {
        return new IpPort(request.flow().local(), request.flow().localPort());
    }

    /// Whether the peer still waits.
    public boolean isOpen() {
        return request.isOpen();
    }

    /// Completes the handshake. The channel becomes active when the peer confirms; `handler` is the first of its pipeline. Empty if the peer has given up.
    public Optional<StreamChannel> accept(ChannelHandler handler) {
        return streams.accept(request, handler);
    }

    /// Answers as a closed port does: the peer's connect fails at once.
    public void refuse() {
        request.refuse();
        streams.finishBatchSoon();
    }

    /// Answers nothing. The peer asks again after a second or more.
    public void ignore() {
        request.ignore();
    }
}
