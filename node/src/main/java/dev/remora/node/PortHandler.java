package dev.remora.node;

/// Decides about new connections to one port. Called on the loop; must not block.
public interface PortHandler {
    /// A peer wants to connect. It gets no answer until the stream is decided about.
    void onStream(IncomingStream stream);

    /// The peer has given up before there was a decision.
    default void onCancelled(IncomingStream stream) {}
}
