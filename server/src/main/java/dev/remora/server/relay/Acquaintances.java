package dev.remora.server.relay;

import dev.remora.proto.derp.DerpFrame;
import java.util.Set;

/// Who got packets of whom, and so is told when that one leaves. Somebody with many keys could know everybody by each of
/// them, so there is a bound: a sender may have as many as are left for all others. Whom it has beyond that learns of its
/// leaving by the silence.
final class Acquaintances {
    private final int most;
    private int count;

    Acquaintances(int most) {
        this.most = most;
    }

    /// A packet goes from one to the other.
    void met(Seat sender, Client receiver) {
        Set<Client> reached = sender.reached();
        if (reached.size() < most - count && reached.add(receiver)) {
            receiver.heard().add(sender);
            count++;
        }
    }

    /// It will be told nothing more.
    void left(Client receiver) {
        for (Seat sender : receiver.heard()) {
            sender.reached().remove(receiver);
        }
        count -= receiver.heard().size();
        receiver.heard().clear();
    }

    /// Tells those who got packets of this client that it is not to be reached any more.
    void ended(Seat sender) {
        for (Client receiver : sender.reached()) {
            receiver.heard().remove(sender);
            receiver.outbox().peerGone(sender.key(), DerpFrame.PeerGone.DISCONNECTED);
        }
        count -= sender.reached().size();
        sender.reached().clear();
    }

    int count() {
        return count;
    }
}
