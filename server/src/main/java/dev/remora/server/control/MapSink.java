package dev.remora.server.control;

import dev.remora.server.netmap.FrameSink;
import java.io.IOException;

/// An answer as the map service writes it.
record MapSink(InnerAnswer answer) implements FrameSink {
    @Override
    public void begin() throws IOException {
        answer.head(InnerAnswer.headers(200));
    }

    @Override
    public void write(byte[] frame) throws IOException, InterruptedException {
        answer.write(frame);
    }

    @Override
    public void whenClosed(Runnable notify) {
        answer.whenClosed(notify);
    }
}
