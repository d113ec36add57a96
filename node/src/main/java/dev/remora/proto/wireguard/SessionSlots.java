package dev.remora.proto.wireguard;

import org.jspecify.annotations.Nullable;

/// The sessions with one peer. All three can open, only *current* seals:
///
///     we initiated   previous ← current ← new; if there is a next, it becomes previous and the old current goes
///     we answered    next ← new, previous goes; nothing is sent on next until the peer has used it
///     peer uses next previous ← current ← next
///
/// A session that falls out is closed and its index given back.
final class SessionSlots {
    private final SessionIndex index;
    private @Nullable Session previous;
    private @Nullable Session current;
    private @Nullable Session next;

    SessionSlots(SessionIndex index) {
        this.index = index;
    }

    @Nullable Session current() {
        return current;
    }

    /// The session to seal with now.
    @Nullable Session sending(long now) {
        return current != null && current.canSend(now) ? current : null;
    }

    void addInitiated(Session session) {
        index.add(session);
        if (next != null) {
            discard(previous);
            discard(current);
            previous = next;
            next = null;
        } else {
            discard(previous);
            previous = current;
        }
        current = session;
    }

    void addAnswered(Session session) {
        index.add(session);
        discard(previous);
        previous = null;
        discard(next);
        next = session;
    }

    /// A packet of this session opened. True if that confirms it as the new current one.
    boolean confirm(Session session) {
        if (session != next) {
            return false;
        }
        discard(previous);
        previous = current;
        current = next;
        next = null;
        return true;
    }

    void stopSending() {
        if (current != null) {
            current.stopSending();
        }
        if (next != null) {
            next.stopSending();
        }
    }

    void clear() {
        discard(previous);
        discard(current);
        discard(next);
        previous = null;
        current = null;
        next = null;
    }

    private void discard(@Nullable Session session) {
        if (session != null) {
            index.remove(session);
            session.close();
        }
    }
}
