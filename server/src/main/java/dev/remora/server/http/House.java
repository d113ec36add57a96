package dev.remora.server.http;

import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeMap;

/// All connections of a server, whatever they have become, by where they are from. When there are as many as there may be,
/// the source that has most gives its latest for a newcomer from elsewhere: who holds thousands keeps nobody out. Belongs to
/// the server's loop.
final class House {
    private final int most;
    private final Map<Source, LinkedHashSet<Channel>> bySource = new HashMap<>();
    private final TreeMap<Integer, LinkedHashSet<Source>> bySize = new TreeMap<>();
    private int count;

    House(int most) {
        this.most = most;
    }

    /// Lets a connection in if there is room, or if room can be made.
    ///
    /// @param proxied it is from a proxy of ours, behind which are many: what it has is nobody's excess
    boolean admit(Channel channel, Source source, boolean proxied) {
        if (count >= most && !makeRoom(source)) {
            return false;
        }
        count++;
        if (proxied) {
            channel.closeFuture().addListener(_ -> count--);
        } else {
            add(channel, source);
            channel.closeFuture().addListener(_ -> remove(channel, source));
        }
        return true;
    }

    /// Not for somebody who has about as many.
    private boolean makeRoom(Source newcomer) {
        Map.Entry<Integer, LinkedHashSet<Source>> greediest = bySize.lastEntry();
        if (greediest == null || greediest.getKey() <= size(newcomer) + 1) {
            return false;
        }
        Source source = greediest.getValue().getFirst();
        Channel latest = connections(source).getLast();
        remove(latest, source);
        latest.close();
        return true;
    }

    private SequencedSet<Channel> connections(Source source) {
        return bySource.computeIfAbsent(source, it -> new LinkedHashSet<>());
    }

    private int size(Source source) {
        LinkedHashSet<Channel> connections = bySource.get(source);
        return connections == null ? 0 : connections.size();
    }

    private void add(Channel channel, Source source) {
        int before = size(source);
        connections(source).add(channel);
        resized(source, before, before + 1);
    }

    /// Perhaps for the second time.
    private void remove(Channel channel, Source source) {
        LinkedHashSet<Channel> connections = bySource.get(source);
        if (connections != null && connections.remove(channel)) {
            count--;
            resized(source, connections.size() + 1, connections.size());
            if (connections.isEmpty()) {
                bySource.remove(source);
            }
        }
    }

    private void resized(Source source, int before, int now) {
        bySize.computeIfPresent(
                before, (size, those) -> those.remove(source) && those.isEmpty() ? null : those);
        if (now > 0) {
            bySize.computeIfAbsent(now, it -> new LinkedHashSet<>()).add(source);
        }
    }

    int count() {
        return count;
    }
}
