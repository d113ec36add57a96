package dev.remora.server.tailnet;

import dev.remora.server.model.Node;
import dev.remora.server.model.Report;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What others must be told when a node becomes another value.
final class Differences {
    private Differences() {}

    /// Nothing is said about a node that never asked for a map: without a disco key peers could not use it.
    static List<Change> between(Node before, Node after) {
        long id = after.id();
        boolean self = isNewsForItself(before, after);
        if (after.keys().disco().isZero()) {
            return self ? List.of(new Change.SelfChanged(id)) : List.of();
        }
        boolean whole = before.keys().disco().isZero() || isNewsForPeers(before, after);
        Set<Change.Part> parts = parts(before, after);
        Change peers = whole ? new Change.NodeChanged(id) : new Change.Patched(id, parts);
        if (!whole && parts.isEmpty()) {
            return self ? List.of(new Change.SelfChanged(id)) : List.of();
        }
        return self ? List.of(peers, new Change.SelfChanged(id)) : List.of(peers);
    }

    private static boolean isNewsForItself(Node before, Node after) {
        return isReshaped(before, after)
                || !before.membership().expiry().equals(after.membership().expiry())
                || !before.report().announcedRoutes().equals(after.report().announcedRoutes());
    }

    private static boolean isReshaped(Node before, Node after) {
        return !before.owner().equals(after.owner())
                || !before.name().label().equals(after.name().label())
                || !before.addresses().equals(after.addresses())
                || !before.approvedRoutes().equals(after.approvedRoutes())
                || before.membership().authorized() != after.membership().authorized();
    }

    /// What a node measured about its network is the server's business, except for its home relay.
    private static boolean isNewsForPeers(Node before, Node after) {
        return isReshaped(before, after)
                || !before.report()
                        .hostInfo()
                        .withNetInfo(null)
                        .equals(after.report().hostInfo().withNetInfo(null));
    }

    private static Set<Change.Part> parts(Node before, Node after) {
        Set<Change.Part> parts = EnumSet.noneOf(Change.Part.class);
        if (!before.keys().node().equals(after.keys().node())) {
            parts.add(Change.Part.NODE_KEY);
        }
        if (!before.keys().disco().equals(after.keys().disco())) {
            parts.add(Change.Part.DISCO_KEY);
        }
        if (!before.membership().expiry().equals(after.membership().expiry())) {
            parts.add(Change.Part.KEY_EXPIRY);
        }
        addReported(before.report(), after.report(), parts);
        return parts;
    }

    private static void addReported(Report before, Report after, Set<Change.Part> parts) {
        if (!new HashSet<>(before.endpoints()).equals(new HashSet<>(after.endpoints()))) {
            parts.add(Change.Part.ENDPOINTS);
        }
        if (before.homeDerp() != after.homeDerp()) {
            parts.add(Change.Part.HOME_DERP);
        }
        if (before.capVersion() != after.capVersion()) {
            parts.add(Change.Part.CAP);
        }
    }
}
