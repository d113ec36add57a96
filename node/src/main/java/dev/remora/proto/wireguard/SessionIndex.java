package dev.remora.proto.wireguard;

import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Which of our sessions or handshakes a message's receiver index means. Indices are random, so that a stranger cannot
/// guess one, and unique over all peers.
final class SessionIndex {
    private final RandomGenerator random;
    private final Map<Integer, Session> sessions = new HashMap<>();
    private final Map<Integer, PeerTunnel> handshakes = new HashMap<>();

    SessionIndex(RandomGenerator random) {
        this.random = random;
    }

    /// An index that nobody has.
    int next() {
        while (true) {
            int index = random.nextInt();
            if (!sessions.containsKey(index) && !handshakes.containsKey(index)) {
                return index;
            }
        }
    }

    void addHandshake(int index, PeerTunnel tunnel) {
        handshakes.put(index, tunnel);
    }

    void removeHandshake(int index) {
        handshakes.remove(index);
    }

    void add(Session session) {
        sessions.put(session.localIndex(), session);
    }

    void remove(Session session) {
        sessions.remove(session.localIndex());
    }

    @Nullable Session session(int index) {
        return sessions.get(index);
    }

    @Nullable PeerTunnel handshake(int index) {
        return handshakes.get(index);
    }

    /// Whose index this is, be it a handshake's or a session's.
    @Nullable PeerTunnel owner(int index) {
        Session session = sessions.get(index);
        return session == null ? handshakes.get(index) : session.tunnel();
    }

    int size() {
        return sessions.size() + handshakes.size();
    }
}
