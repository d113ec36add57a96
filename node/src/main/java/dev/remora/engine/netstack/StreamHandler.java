package dev.remora.engine.netstack;

import dev.remora.proto.tcp.TcpEvent;
import java.nio.ByteBuffer;

/// The owner's side of a [TcpStream].
public interface StreamHandler {
    /// Offers received bytes in order. The handler advances the position past what it takes; `payload` lies in the packet
    /// it came in, or in the connection's buffers, and is good only during the call. Whoever leaves some says
    /// [TcpStream#resume] when it wants more; until then the peer may send no more than its window.
    ///
    /// The stream itself is busy during the call: a write takes nothing then, and a [TcpEvent.Writable] follows.
    void onPayload(TcpStream stream, ByteBuffer payload);

    /// Something happened; comes at the end of a batch, when every method of the stream may be called. [TcpEvent.Closed] is the
    /// last one.
    void onEvent(TcpStream stream, TcpEvent event);
}
