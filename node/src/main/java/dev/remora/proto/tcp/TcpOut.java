package dev.remora.proto.tcp;

import dev.remora.proto.ip.PacketSink;
import java.nio.ByteBuffer;

/// Where a connection's outputs go: complete IP packets, received bytes, and events. One object may serve all
/// connections of a stack. None of these methods may call back into the connection.
public interface TcpOut extends PacketSink {
    /// Offers received bytes in order, still in the packet they came in. The receiver advances the position past what it
    /// takes; what it leaves is stored, counts against the receive window, and a [TcpEvent.Readable] follows.
    /// A receiver that cannot use the bytes now takes nothing: the peer is slowed down by the closing window.
    void deliver(TcpConnection connection, ByteBuffer payload);

    void on(TcpConnection connection, TcpEvent event);
}
