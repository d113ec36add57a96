package dev.remora.server.netmap;

import dev.remora.server.netmap.Blocks.Part;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Runs of peers, compressed when first somebody is told them, and kept while others are. For several threads.
final class PackedRuns {
    /// Enough for the runs of 10,000 nodes.
    private static final int MOST_BYTES = 4 << 20;

    private final LinkedHashMap<List<Fragment>, Part> latest = new LinkedHashMap<>(16, 0.75f, true);
    private int bytes;

    Part packed(Message.Run run) {
        Part known = known(run.peers());
        if (known != null) {
            return known;
        }
        ByteArrayOutputStream json = new ByteArrayOutputStream(run.length());
        run.writeTo(json);
        Part fresh = Blocks.part(json.toByteArray());
        keep(run.peers(), fresh);
        return fresh;
    }

    private synchronized @Nullable Part known(List<Fragment> peers) {
        return latest.get(peers);
    }

    private synchronized void keep(List<Fragment> peers, Part part) {
        if (latest.put(peers, part) == null) {
            bytes += part.blocks().length;
        }
        while (bytes > MOST_BYTES && latest.size() > 1) {
            Map.Entry<List<Fragment>, Part> eldest = latest.firstEntry();
            latest.remove(eldest.getKey());
            bytes -= eldest.getValue().blocks().length;
        }
    }
}
