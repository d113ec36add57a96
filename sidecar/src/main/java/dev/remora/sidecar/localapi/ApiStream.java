package dev.remora.sidecar.localapi;

/// An answer that is written piece by piece, from any thread.
public interface ApiStream {
    /// How many bytes may wait for a slow reader before it is cut off.
    int MAX_WAITING = 4 << 20;

    /// Sends one piece at once. A reader that does not keep up is disconnected.
    void write(byte[] piece);

    /// Calls `action` once the stream has ended, at once if it has already.
    void onClose(Runnable action);

    void close();
}
