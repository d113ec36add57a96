package dev.remora.server.netmap;

import java.util.ArrayList;
import java.util.List;

/// A list of peers, cut where the peers themselves say so: lists that differ in a few peers, such as those of two viewers
/// who each miss themselves, have all other runs in common.
final class Runs {
    /// One peer in 32 is the last of its run.
    private static final int BITS = 5;

    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final List<List<Fragment>> all = new ArrayList<>();
    private boolean ended = true;
    private int size;

    /// @param id the ids come in order
    void add(long id, Fragment peer) {
        if (ended) {
            all.add(new ArrayList<>());
        }
        all.getLast().add(peer);
        ended = id * GOLDEN >>> Long.SIZE - BITS == 0;
        size++;
    }

    List<List<Fragment>> all() {
        return all;
    }

    int size() {
        return size;
    }
}
