package dev.remora.server.relay;

import dev.remora.crypto.NodeKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// All connections of one client. The one that spoke last is active: it alone gets packets, and when it leaves, the one
/// that spoke before it does.
final class Seat {
    private final NodeKey key;
    private final List<Client> byLastWord = new ArrayList<>(1);
    private final Set<Client> reached = new HashSet<>(0);

    Seat(NodeKey key) {
        this.key = key;
    }

    NodeKey key() {
        return key;
    }

    boolean isEmpty() {
        return byLastWord.isEmpty();
    }

    Client active() {
        return byLastWord.getLast();
    }

    void add(Client client) {
        byLastWord.add(client);
    }

    void remove(Client client) {
        byLastWord.remove(client);
    }

    void spoke(Client client) {
        if (active() != client) {
            byLastWord.remove(client);
            byLastWord.add(client);
        }
    }

    /// The connections that got packets of this client.
    Set<Client> reached() {
        return reached;
    }
}
