package dev.remora.engine;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.remora.base.Deadlines;
import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.NetMap;
import dev.remora.engine.netmap.Node;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Makes ourselves known to peers when we arrive, so that the first of them to call need not wait.
///
/// A peer that calls before it knows our relay loses the first message of its handshake and repeats it five seconds later; one that knew us before we
/// were started anew goes on sending into a session that is gone. So we ask online peers on all ways, a few times within some seconds, whether they
/// know us yet, and begin the handshake with each that does: again with the next question, if the peer knew no way back yet. Only in small tailnets:
/// elsewhere peers stay lazy.
final class Greetings {
    /// More peers than these are not greeted at all.
    private static final int MOST_PEERS = 32;

    /// A control server tells others of a change within about a second.
    private static final long[] AFTER_MS = {
        0, 50, 150, 300, 500, 750, 1_000, 1_400, 2_000, 3_000, 4_500
    };

    private final Map<Long, NodeKey> asked = new HashMap<>();
    private final Set<NodeKey> waiting = new HashSet<>();
    private long startedAt;
    private int round = AFTER_MS.length;
    private long lastToken;

    /// How a question is put to a peer; tokens are negative, unlike those of users.
    interface Question {
        void ask(NodeKey peer, long token);
    }

    /// Begins with everybody who is online now.
    void start(NetMap map, long now) {
        clear();
        if (map.peers().size() > MOST_PEERS) {
            return;
        }
        for (Node peer : map.peers()) {
            if (!peer.expired() && peer.discoKey().isPresent() && peer.online().orElse(true)) {
                waiting.add(peer.key());
            }
        }
        startedAt = now;
        round = 0;
    }

    /// Asks those who have not answered once more from the beginning.
    void again(long now) {
        startedAt = now;
        round = 0;
    }

    void clear() {
        waiting.clear();
        asked.clear();
        round = AFTER_MS.length;
    }

    /// Whether an answer is to a question of ours.
    static boolean isToken(long token) {
        return token < 0;
    }

    /// The peer whose question has ended; if it has answered, the handshake with it should begin now.
    Optional<NodeKey> onEnd(long token) {
        return Optional.ofNullable(asked.remove(token));
    }

    long nextDeadline() {
        return waiting.isEmpty() || round == AFTER_MS.length
                ? Deadlines.NEVER
                : startedAt + MILLISECONDS.toNanos(AFTER_MS[round]);
    }

    /// @param hasSession who needs no greeting any more
    void onTimer(Predicate<NodeKey> hasSession, Question question) {
        round++;
        waiting.removeIf(hasSession);
        for (NodeKey peer : waiting) {
            asked.put(--lastToken, peer);
            question.ask(peer, lastToken);
        }
    }
}
