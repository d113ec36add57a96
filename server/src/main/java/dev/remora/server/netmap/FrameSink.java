package dev.remora.server.netmap;

import java.io.IOException;

/// Where the answer to one map request goes: one stream of a client's connection.
public interface FrameSink {
    /// Begins the answer: status 200 and the head.
    void begin() throws IOException;

    /// Writes and flushes one frame, its length in front. Blocks while the client takes nothing more in.
    ///
    /// @throws IOException if the client is gone, or has taken nothing for too long
    void write(byte[] frame) throws IOException, InterruptedException;

    /// Calls back when the client has gone, at once if it has already. From any thread, must not block.
    void whenClosed(Runnable notify);
}
