package dev.remora.server.relay;

import dev.remora.crypto.NodeKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where one client is to be reached: all its connections here, and the relays that have it, too. Of the connections the
/// one that spoke last is active: it alone gets packets, and when it leaves, the one that spoke before it does.
final class Seat {
    /// So often must connections take the word from each other until that is two programs with one key, and not one
    /// that came back before its old connection was gone.
    private static final int FIGHT = 4;

    private final NodeKey key;
    private final List<Client> byLastWord = new ArrayList<>(1);
    private final List<Elsewhere> elsewhere = new ArrayList<>(0);
    private final Set<Client> reached = new HashSet<>(0);
    private int interruptions;

    Seat(NodeKey key) {
        this.key = key;
    }

    NodeKey key() {
        return key;
    }

    boolean isEmpty() {
        return byLastWord.isEmpty() && elsewhere.isEmpty();
    }

    Optional<Client> active() {
        return byLastWord.isEmpty() ? Optional.empty() : Optional.of(byLastWord.getLast());
    }

    List<Client> clients() {
        return byLastWord;
    }

    void add(Client client) {
        byLastWord.add(client);
    }

    void remove(Client client) {
        byLastWord.remove(client);
    }

    /// @return whether that begins a fight
    boolean spoke(Client client) {
        if (byLastWord.getLast() == client) {
            return false;
        }
        byLastWord.remove(client);
        byLastWord.add(client);
        return ++interruptions == FIGHT;
    }

    /// @return whether that was the end of a fight
    boolean settled() {
        boolean over = interruptions >= FIGHT && byLastWord.size() == 1;
        if (byLastWord.size() <= 1) {
            interruptions = 0;
        }
        return over;
    }

    /// Relays that have it, the one that said so first in front.
    List<Elsewhere> elsewhere() {
        return elsewhere;
    }

    /// The connections that got packets of this client.
    Set<Client> reached() {
        return reached;
    }
}
