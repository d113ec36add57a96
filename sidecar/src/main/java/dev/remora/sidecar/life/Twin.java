package dev.remora.sidecar.life;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.path.Endpoint;
import dev.remora.node.NodeStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Finds out that another process is this node, too: a volume was copied, or two containers were given one. Servers do not say so, but they show a node where they tell its peers to find it. When
/// that was ours already and then is what we never had, somebody else has told them. Both sides see it in turn, since each tells the server every minute where it is.
final class Twin {
    /// Some more than twice the minute after which each side speaks again.
    private static final Duration OVER_AFTER = Duration.ofSeconds(150);

    private static final int MOST_REMEMBERED = 256;

    private final LinkedHashSet<IpPort> ours = new LinkedHashSet<>();
    private boolean wasOurs;
    private Optional<Instant> seenAt = Optional.empty();
    private String theirs = "";

    /// Called whenever something has changed.
    ///
    /// @return what is the matter and what to do, if there is such a process
    Optional<String> look(NodeStatus node, Membership membership, Instant now) {
        List<IpPort> own = node.endpoints().stream().map(Endpoint::address).toList();
        List<IpPort> listed =
                membership
                        .netMap()
                        .filter(_ -> membership.isConnected())
                        .map(NetMap::self)
                        .map(self -> self.endpoints())
                        .orElse(List.of());
        return look(own, listed, now);
    }

    /// @param own where we may be reached now
    /// @param listed where the server tells peers to find us; empty while it tells nothing
    Optional<String> look(Collection<IpPort> own, Collection<IpPort> listed, Instant now) {
        remember(own);
        Optional<IpPort> foreign =
                listed.stream().filter(address -> !ours.contains(address)).findFirst();
        if (foreign.isPresent() && wasOurs) {
            theirs = foreign.get().toString();
            seenAt = Optional.of(now);
        } else if (foreign.isEmpty() && !listed.isEmpty()) {
            wasOurs = true;
        }
        return seenAt.filter(at -> now.isBefore(at.plus(OVER_AFTER))).map(_ -> sentence());
    }

    private void remember(Collection<IpPort> own) {
        ours.addAll(own);
        while (ours.size() > MOST_REMEMBERED) {
            ours.removeFirst();
        }
    }

    private String sentence() {
        return "Another machine uses this node's state: peers are sent to %s, which is not here. Stop one of the two, give it a state directory of its own, and start it again."
                .formatted(theirs);
    }
}
