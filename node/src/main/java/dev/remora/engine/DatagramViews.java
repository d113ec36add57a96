package dev.remora.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Views of the datagrams in a buffer that is filled again and again, as a socket's is: they are made once. A view is good as long as the bytes it shows,
/// until the next batch.
final class DatagramViews {
    /// As many datagrams as a kernel joins. What has more of them is no socket's work and gets views of its own.
    private static final int MOST = 128;

    private final List<ByteBuffer> views = new ArrayList<>();
    private @Nullable ByteBuffer viewed;
    private int used;

    /// All views so far may be used again.
    @SuppressWarnings("ReferenceEquality") // this is about memory, not about what it holds
    void begin(ByteBuffer datagrams) {
        used = 0;
        if (datagrams != viewed) {
            viewed = datagrams;
            views.clear();
        }
    }

    /// A view of the whole buffer that nobody else has.
    ByteBuffer next(ByteBuffer datagrams) {
        if (used == MOST) {
            return datagrams.duplicate();
        }
        if (used == views.size()) {
            views.add(datagrams.duplicate());
        }
        return views.get(used++).clear();
    }
}
