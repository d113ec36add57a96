package dev.remora.engine.netmap;

import java.util.ArrayList;
import java.util.List;

/// How one peer differs between two maps.
public sealed interface PeerDelta {
    /// Was not there before.
    record Added(Node node) implements PeerDelta {}

    /// Is there in both, under the same number; even its key may be another.
    record Changed(Node before, Node after) implements PeerDelta {}

    /// Is there no longer.
    record Removed(Node node) implements PeerDelta {}

    /// What became different from `before` to `after`, by number. Cheap where little did: a peer that no
    /// message touched is the same object in both.
    static List<PeerDelta> between(Peers before, Peers after) {
        List<PeerDelta> deltas = new ArrayList<>();
        List<Node> old = before.all();
        List<Node> now = after.all();
        int i = 0;
        int j = 0;
        while (i < old.size() || j < now.size()) {
            int order = order(old, i, now, j);
            if (order < 0) {
                deltas.add(new Removed(old.get(i++)));
            } else if (order > 0) {
                deltas.add(new Added(now.get(j++)));
            } else {
                Node was = old.get(i++);
                Node is = now.get(j++);
                if (!was.equals(is)) {
                    deltas.add(new Changed(was, is));
                }
            }
        }
        return deltas;
    }

    private static int order(List<Node> old, int i, List<Node> now, int j) {
        if (i == old.size()) {
            return 1;
        }
        return j == now.size() ? -1 : old.get(i).id().compareTo(now.get(j).id());
    }
}
