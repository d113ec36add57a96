package dev.remora.engine.path;

import dev.remora.base.IpPort;
import dev.remora.proto.disco.TxId;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The addresses at which one peer may be reachable: from the netmap, from its call-me-maybe, and where its pings come
/// from. Never more than [#MAX], whatever a peer sends.
final class Candidates {
    static final int MAX = 100;

    private final Map<IpPort, Candidate> byAddress = new LinkedHashMap<>();

    Candidates(List<IpPort> fromNetmap) {
        netmapLists(fromNetmap, 0, gone -> {});
    }

    Collection<Candidate> all() {
        return byAddress.values();
    }

    @Nullable Candidate at(IpPort address) {
        return byAddress.get(address);
    }

    /// Takes over what the netmap lists now; `gone` learns what nothing speaks for any more.
    void netmapLists(List<IpPort> endpoints, long now, Consumer<IpPort> gone) {
        Set<IpPort> listed = new HashSet<>(endpoints);
        for (Candidate candidate : all()) {
            candidate.inNetmap(listed.contains(candidate.address()));
        }
        removeStale(now, gone);
        for (IpPort address : endpoints) {
            Candidate candidate = addIfRoom(address);
            if (candidate != null) {
                candidate.inNetmap(true);
            }
        }
    }

    /// Takes over what the peer lists in a call-me-maybe. What an earlier one listed and this does not is gone, even
    /// if the netmap still has it: the peer itself knows better, and sooner.
    void peerCalls(List<IpPort> endpoints, long now, Consumer<IpPort> gone) {
        Set<IpPort> listed = new HashSet<>(endpoints);
        remove(candidate -> candidate.called() && !listed.contains(candidate.address()), gone);
        removeStale(now, gone);
        for (IpPort address : endpoints) {
            Candidate candidate = addIfRoom(address);
            if (candidate != null) {
                candidate.call();
            }
        }
    }

    /// Notes where a ping came from.
    ///
    /// @return false if it is the same ping once more
    boolean pingedFrom(IpPort address, TxId txId, long now, Consumer<IpPort> gone) {
        if (byAddress.size() >= MAX) {
            removeStale(now, gone);
        }
        Candidate candidate = addIfRoom(address);
        return candidate == null || candidate.receivePing(txId, now);
    }

    /// Starts again with what the netmap lists.
    void forgetLearned(List<IpPort> fromNetmap) {
        byAddress.clear();
        netmapLists(fromNetmap, 0, gone -> {});
    }

    void removeStale(long now, Consumer<IpPort> gone) {
        remove(candidate -> candidate.stale(now), gone);
    }

    private void remove(Predicate<Candidate> which, Consumer<IpPort> gone) {
        byAddress
                .values()
                .removeIf(candidate -> {
                    boolean remove = which.test(candidate);
                    if (remove) {
                        gone.accept(candidate.address());
                    }
                    return remove;
                });
    }

    /// The candidate of this address; null if there is no room, or nothing can be sent there.
    private @Nullable Candidate addIfRoom(IpPort address) {
        Candidate known = byAddress.get(address);
        if (known != null || byAddress.size() >= MAX || !Addresses.canBePath(address)) {
            return known;
        }
        Candidate added = new Candidate(address);
        byAddress.put(address, added);
        return added;
    }
}
