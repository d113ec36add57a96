package dev.remora.engine.path;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/// What the paths of all peers share.
final class PathContext {
    private final DiscoSender sender;
    private final SentPings sentPings;
    private final OwnEndpoints ownEndpoints;
    private final Heartbeats heartbeats = new Heartbeats();

    /// Who is called as soon as we know where we are.
    private final Set<PeerPaths> toCall = new LinkedHashSet<>();

    PathContext(DiscoSender sender, SentPings sentPings, OwnEndpoints ownEndpoints) {
        this.sender = sender;
        this.sentPings = sentPings;
        this.ownEndpoints = ownEndpoints;
    }

    DiscoSender sender() {
        return sender;
    }

    SentPings sentPings() {
        return sentPings;
    }

    OwnEndpoints ownEndpoints() {
        return ownEndpoints;
    }

    Heartbeats heartbeats() {
        return heartbeats;
    }

    /// Asks a peer to ping us; first finds out where we are, if that is not known for sure.
    void callMeMaybe(PeerPaths peer, long now, Consumer<? super PathOutput> out) {
        if (ownEndpoints.fresh(now)) {
            call(peer, out);
            if (ownEndpoints.moved()) {
                // What others saw us at belongs to the network before: once more when we know
                // better.
                toCall.add(peer);
            }
        } else {
            toCall.add(peer);
            ownEndpoints.search(EndpointSearch.CALL_ME_MAYBE, now, out);
        }
    }

    /// The search for our endpoints is over.
    void callAllWaiting(Consumer<? super PathOutput> out) {
        toCall.forEach(peer -> call(peer, out));
        toCall.clear();
    }

    private void call(PeerPaths peer, Consumer<? super PathOutput> out) {
        peer.relay().ifPresent(via -> sender.callMeMaybe(peer, via, ownEndpoints.current(), out));
    }

    /// The peer is no longer in the netmap.
    void forget(PeerPaths peer) {
        toCall.remove(peer);
        sentPings.forget(peer);
    }
}
