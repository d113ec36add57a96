package dev.remora.engine;

import dev.remora.base.IpPort;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Datagrams to one destination that lie one behind the other in the arena, all of one size but the last: what one system call sends.
final class SendRun {
    private @Nullable IpPort to;
    private @Nullable ByteBuffer memory;
    private int start;
    private int end;
    private int segmentSize;

    /// Whether a shorter datagram has ended the run.
    private boolean closed;

    boolean isEmpty() {
        return to == null;
    }

    /// Adds `datagram` if it continues this run, or if the run is empty.
    boolean add(IpPort destination, ByteBuffer datagram) {
        if (to == null) {
            begin(destination, datagram);
            return true;
        }
        int length = datagram.remaining();
        if (closed
                || length > segmentSize
                || datagram.position() != end
                || !destination.equals(to)) {
            return false;
        }
        end = datagram.limit();
        closed = length < segmentSize;
        return true;
    }

    private void begin(IpPort destination, ByteBuffer datagram) {
        to = destination;
        memory = datagram; // for its bytes: position and limit will be another datagram's
        start = datagram.position();
        end = datagram.limit();
        segmentSize = datagram.remaining();
        closed = false;
    }

    /// The run as an output; the run itself is empty afterwards.
    EngineOutput.SendDatagrams take() {
        IpPort destination = to;
        ByteBuffer bytes = memory;
        if (destination == null || bytes == null) {
            throw new IllegalStateException("nothing was added");
        }
        to = null;
        memory = null;
        return new EngineOutput.SendDatagrams(
                destination, bytes.duplicate().limit(end).position(start), segmentSize);
    }
}
