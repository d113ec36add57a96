package dev.remora.proto.wireguard;

import dev.remora.base.Deadlines;
import dev.remora.base.MalformedException;
import dev.remora.crypto.NodeKey;
import dev.remora.crypto.NodePrivateKey;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The tunnel to one peer: when to make a handshake, which session to use, what waits for it.
final class PeerTunnel {
    private enum Timer {
        /// The initiation found no answer: send another.
        RETRANSMIT,
        /// Data was sent and nothing at all came back: try a new session.
        NEW_HANDSHAKE,
        /// Data came in and nothing was sent back: let the peer know that it arrived.
        KEEPALIVE,
        /// No new session for very long: forget all keys.
        ZERO_KEYS
    }

    private final NodeKey peer;
    private final Shared shared;
    private final long serial;
    private final SessionSlots sessions;
    private final StagedPackets staged;
    private final CookieJar cookies;
    private final Handshakes handshakes;
    private final Deadlines<Timer> deadlines = new Deadlines<>(Timer.class);

    /// Of initiations, responses; keeps the spacing between the former.
    private long handshakeSentAt = -Limits.REKEY_TIMEOUT;

    private int retries;

    /// Once in a session's life: it was about to expire while it only received.
    private boolean renewedWhileReceiving;

    /// Data came in while the keep-alive timer ran already.
    private boolean anotherKeepalive;

    private final InitiationGate initiations = new InitiationGate();
    private @Nullable Source source;

    private long sentBytes;
    private long receivedBytes;
    private long lastHandshakeAt = -1;
    private long queuedAt = Deadlines.NEVER;

    /// @param serial tells tunnels apart, in the order they were made
    /// @throws MalformedException if the peer's key is of low order
    PeerTunnel(NodeKey peer, NodePrivateKey self, Shared shared, long serial)
            throws MalformedException {
        this.peer = peer;
        this.shared = shared;
        this.serial = serial;
        this.sessions = new SessionSlots(shared.index());
        this.staged = new StagedPackets(shared.staged());
        this.cookies = new CookieJar(peer);
        this.handshakes = new Handshakes(this, self, shared);
    }

    NodeKey peer() {
        return peer;
    }

    long serial() {
        return serial;
    }

    byte[] staticStatic() {
        return handshakes.staticStatic();
    }

    TunnelStats stats(long now) {
        return new TunnelStats(
                sentBytes, receivedBytes, lastHandshakeAt, sessions.sending(now) != null);
    }

    /// Sends the packet, or keeps a copy of it and asks for a session.
    void send(ByteBuffer packet, long now, Consumer<? super Output> out) {
        Session session = sessions.sending(now);
        if (session != null) {
            sendData(session, packet, now, out);
            return;
        }
        shared.drops().drop(DropReason.STAGED_TOO_MANY, staged.add(packet), out);
        initiate(now, out);
        retryLater();
    }

    /// Makes a session if there is none to send on.
    ///
    /// @param insist also if another initiation is still unanswered
    void begin(boolean insist, long now, Consumer<? super Output> out) {
        if (sessions.sending(now) != null) {
            return;
        }
        if (insist) {
            handshakeSentAt = -Limits.REKEY_TIMEOUT;
        }
        initiate(now, out);
    }

    /// If it was too soon for an initiation, what waits must not depend on somebody asking again.
    private void retryLater() {
        deadlines.setIfUnset(Timer.RETRANSMIT, handshakeSentAt + Limits.REKEY_TIMEOUT + jitter());
    }

    private void sendData(
            Session session, ByteBuffer packet, long now, Consumer<? super Output> out) {
        transmit(session, packet, out);
        if (!deadlines.isSet(Timer.NEW_HANDSHAKE)) {
            deadlines.set(Timer.NEW_HANDSHAKE, now + Limits.NEW_HANDSHAKE_AFTER + jitter());
        }
        if (session.wantsRekey(now)) {
            initiate(now, out);
        }
    }

    private void transmit(Session session, ByteBuffer packet, Consumer<? super Output> out) {
        session.seal(packet, shared.mtu());
        deadlines.clear(Timer.KEEPALIVE);
        sentBytes += packet.remaining();
        out.accept(new Output.Transmit(peer, packet));
    }

    void sendKeepalive(long now, Consumer<? super Output> out) {
        Session session = sessions.sending(now);
        if (session == null) {
            initiate(now, out);
            return;
        }
        ByteBuffer empty = ByteBuffer.allocateDirect(Session.HEADER + Session.TRAILER);
        transmit(session, empty.position(Session.HEADER).limit(Session.HEADER), out);
        if (session.wantsRekey(now)) {
            initiate(now, out);
        }
    }

    /// Begins a handshake for a reason of its own, unless one began just now.
    void initiate(long now, Consumer<? super Output> out) {
        retries = 0;
        sendInitiation(now, out);
    }

    private void sendInitiation(long now, Consumer<? super Output> out) {
        if (now - handshakeSentAt < Limits.REKEY_TIMEOUT) {
            return;
        }
        try {
            sendHandshake(handshakes.begin(now), now, out);
        } catch (MalformedException e) {
            shared.drops().drop(DropReason.UNUSABLE_KEY, out);
        }
        deadlines.set(Timer.RETRANSMIT, now + Limits.REKEY_TIMEOUT + jitter());
    }

    private void sendHandshake(byte[] message, long now, Consumer<? super Output> out) {
        cookies.sign(message, now);
        handshakeSentAt = now;
        deadlines.clear(Timer.KEEPALIVE);
        sentBytes += message.length;
        out.accept(new Output.Transmit(peer, direct(message)));
    }

    static ByteBuffer direct(byte[] message) {
        return ByteBuffer.allocateDirect(message.length).put(message).flip();
    }

    /// An initiation of the peer's opened, with the time stamp in it. False if it is not a new one.
    boolean onInitiation(
            Handshake.Opened initiation,
            byte[] stamp,
            Source from,
            long now,
            Consumer<? super Output> out)
            throws MalformedException {
        Optional<DropReason> refusal = initiations.refusal(stamp, now);
        if (refusal.isPresent()) {
            shared.drops().drop(refusal.get(), out);
            return false;
        }
        initiations.accepted(stamp, now);
        onAuthentic(Message.Initiation.LENGTH, from, out);
        answer(initiation, now, out);
        return true;
    }

    private void answer(Handshake.Opened initiation, long now, Consumer<? super Output> out)
            throws MalformedException {
        Handshakes.Answer answer = handshakes.answer(initiation, now);
        sessions.addAnswered(answer.session());
        deadlines.set(Timer.ZERO_KEYS, now + Limits.ZERO_KEYS_AFTER);
        sendHandshake(answer.message(), now, out);
    }

    /// A response names the handshake that is pending.
    ///
    /// @throws MalformedException if it is not the response to it, which is still pending then
    void onResponse(Message.Response response, Source from, long now, Consumer<? super Output> out)
            throws MalformedException {
        sessions.addInitiated(handshakes.finish(response, now));
        deadlines.set(Timer.ZERO_KEYS, now + Limits.ZERO_KEYS_AFTER);
        onAuthentic(Message.Response.LENGTH, from, out);
        onSessionUp(true, now, out);
    }

    void onCookie(Message.CookieReply reply, long now) throws MalformedException {
        cookies.onReply(reply, now);
    }

    /// Any message that only the peer can have made, and made once.
    private void onAuthentic(int length, Source from, Consumer<? super Output> out) {
        receivedBytes += length;
        deadlines.clear(Timer.NEW_HANDSHAKE);
        if (!from.equals(source)) {
            source = from;
            out.accept(new Output.Identified(peer, from));
        }
    }

    private void onSessionUp(boolean initiator, long now, Consumer<? super Output> out) {
        deadlines.clear(Timer.RETRANSMIT);
        handshakes.drop();
        retries = 0;
        renewedWhileReceiving = false;
        lastHandshakeAt = now;
        out.accept(new Output.SessionUp(peer, initiator));
        shared.peers().greeting(peer).ifPresent(packet -> sendNow(packet, now, out));
        if (initiator && staged.isEmpty()) {
            // The peer may not send before we did.
            sendKeepalive(now, out);
        }
        for (ByteBuffer packet = staged.poll(); packet != null; packet = staged.poll()) {
            sendNow(packet, now, out);
        }
    }

    private void sendNow(ByteBuffer packet, long now, Consumer<? super Output> out) {
        Session session = sessions.sending(now);
        if (session != null) {
            sendData(session, packet, now, out);
        }
    }

    /// A transport message names one of our sessions. It is opened in place.
    void onTransport(
            Session session,
            ByteBuffer datagram,
            Source from,
            long now,
            Consumer<? super Output> out) {
        int length = datagram.remaining();
        long counter = Session.counter(datagram);
        if (session.age(now) > Limits.REJECT_AFTER_TIME) {
            shared.drops().drop(DropReason.EXPIRED_SESSION, out);
        } else if (!session.open(datagram)) {
            shared.drops().drop(DropReason.FORGED, out);
        } else if (!session.isNew(counter)) {
            shared.drops().drop(DropReason.REPLAYED, out);
        } else {
            onAuthentic(length, from, out);
            if (sessions.confirm(session)) {
                onSessionUp(false, now, out);
            }
            renewWhileReceiving(now, out);
            deliver(datagram, now, out);
        }
    }

    private void renewWhileReceiving(long now, Consumer<? super Output> out) {
        Session current = sessions.current();
        if (!renewedWhileReceiving
                && current != null
                && current.isInitiator()
                && current.age(now) > Limits.REKEY_AFTER_TIME_RECEIVING) {
            renewedWhileReceiving = true;
            initiate(now, out);
        }
    }

    private void deliver(ByteBuffer plain, long now, Consumer<? super Output> out) {
        if (!plain.hasRemaining()) {
            return; // a keep-alive
        }
        if (deadlines.isSet(Timer.KEEPALIVE)) {
            anotherKeepalive = true;
        } else {
            deadlines.set(Timer.KEEPALIVE, now + Limits.KEEPALIVE_TIMEOUT);
        }
        if (InnerPacket.cutPadding(plain)) {
            out.accept(new Output.Deliver(peer, plain));
        } else {
            shared.drops().drop(DropReason.BAD_INNER_PACKET, out);
        }
    }

    long nextDeadline() {
        return deadlines.next();
    }

    /// Returns false if all keys were erased and this tunnel is of no more use.
    boolean onTimer(long now, Consumer<? super Output> out) {
        if (deadlines.fires(Timer.ZERO_KEYS, now)) {
            erase(DropReason.NO_ANSWER, out);
            return false;
        }
        if (deadlines.fires(Timer.RETRANSMIT, now)) {
            retransmit(now, out);
        }
        if (deadlines.fires(Timer.KEEPALIVE, now)) {
            onKeepaliveDue(now, out);
        }
        if (deadlines.fires(Timer.NEW_HANDSHAKE, now)) {
            initiate(now, out);
        }
        return true;
    }

    private void retransmit(long now, Consumer<? super Output> out) {
        if (retries > Limits.MAX_RETRIES) {
            deadlines.clear(Timer.KEEPALIVE);
            shared.drops().drop(DropReason.NO_ANSWER, staged.clear(), out);
            deadlines.setIfUnset(Timer.ZERO_KEYS, now + Limits.ZERO_KEYS_AFTER);
        } else {
            retries++;
            sendInitiation(now, out);
            retryLater();
        }
    }

    private void onKeepaliveDue(long now, Consumer<? super Output> out) {
        if (staged.isEmpty()) {
            sendKeepalive(now, out);
        }
        if (anotherKeepalive) {
            anotherKeepalive = false;
            deadlines.set(Timer.KEEPALIVE, now + Limits.KEEPALIVE_TIMEOUT);
        }
    }

    /// Goes on under a new key of our own: what is under way can still be opened, nothing more is sent on it.
    ///
    /// @throws MalformedException if the peer's key is of low order
    void rotate(NodePrivateKey newSelf) throws MalformedException {
        handshakes.rotate(newSelf);
        sessions.stopSending();
        handshakeSentAt = -Limits.REKEY_TIMEOUT;
    }

    /// Starts anew, as if the peer had never been heard of, for those packets that wait. Returns false if none does.
    boolean reset(long now, Consumer<? super Output> out) {
        sessions.clear();
        handshakes.drop();
        deadlines.clearAll();
        initiations.forgetStamp();
        handshakeSentAt = -Limits.REKEY_TIMEOUT;
        if (staged.isEmpty()) {
            return false;
        }
        initiate(now, out);
        return true;
    }

    /// Erases all keys and drops what waits.
    void erase(DropReason reason, Consumer<? super Output> out) {
        sessions.clear();
        handshakes.drop();
        deadlines.clearAll();
        shared.drops().drop(reason, staged.clear(), out);
    }

    private long jitter() {
        return shared.random().nextLong(Limits.RETRY_JITTER);
    }

    /// Its place in the [WakeQueue], which alone sets it.
    long queuedAt() {
        return queuedAt;
    }

    void queueAt(long at) {
        queuedAt = at;
    }
}
