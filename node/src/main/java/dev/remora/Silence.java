package dev.remora;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.remora.crypto.NodeKey;
import dev.remora.engine.PeerStatus;
import dev.remora.engine.netmap.Node;
import java.util.Optional;
import java.util.function.Function;

/// Why a peer does not answer, as far as it can be known from here.
///
/// @param isOffline neither control nor we have seen it lately
/// @param sentence for people, to stand behind a colon
record Silence(boolean isOffline, String sentence) {
    /// A peer that gets packets and has nothing to say to them sends a sign of life after ten seconds (WireGuard's passive keep-alive). A session
    /// says less: it outlives its peer by minutes.
    private static final long SIGN_OF_LIFE_WITHIN = SECONDS.toNanos(15);

    /// @param peer whom the address belongs to
    /// @param status what is known of the way to a peer
    /// @param now the node's time
    static Silence of(
            Optional<Node> peer, Function<NodeKey, Optional<PeerStatus>> status, long now) {
        if (peer.isEmpty()) {
            return new Silence(true, "it is no member of the tailnet any more");
        }
        Node node = peer.get();
        boolean isHeard =
                status.apply(node.key())
                        .flatMap(PeerStatus::path)
                        .filter(path ->
                                path.lastReceivedAt().isPresent()
                                        && now - path.lastReceivedAt().getAsLong()
                                                < SIGN_OF_LIFE_WITHIN)
                        .isPresent();
        if (isHeard) {
            return new Silence(false, "its node can be reached, and nothing answers on that port");
        }
        if (node.expired()) {
            return new Silence(true, "its key has expired");
        }
        if (!node.online().orElse(true)) {
            String seen = node.lastSeen().map(at -> ", last seen at " + at).orElse("");
            return new Silence(true, "it is offline" + seen);
        }
        return new Silence(
                false,
                node.homeDerp().isEmpty() && node.endpoints().isEmpty()
                        ? "no way to its node is known"
                        : "its node does not answer");
    }
}
