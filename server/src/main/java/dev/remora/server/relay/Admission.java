package dev.remora.server.relay;

import dev.remora.base.IpPort;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.derp.ClientDetails;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Decides who may use a relay. Asked once for each connection, after the client has shown that it owns its key.
@FunctionalInterface
public interface Admission {
    /// For a relay that serves whoever finds it.
    Admission EVERYBODY =
            arrival -> CompletableFuture.completedFuture(new Verdict.Admitted(RateLimit.NONE));

    /// Is called on the relay's loop and must not block it. A client waits ten seconds for the answer; an answer that
    /// fails is a refusal.
    CompletionStage<Verdict> decide(Arrival arrival);

    /// The same, with a limit for each client that it lets in without one.
    default Admission withLimit(RateLimit limit) {
        return arrival ->
                decide(arrival)
                        .thenApply(verdict ->
                                verdict.equals(new Verdict.Admitted(RateLimit.NONE))
                                        ? new Verdict.Admitted(limit)
                                        : verdict);
    }

    /// Who has come, and from where.
    record Arrival(NodeKey key, IpPort from, ClientDetails details) {}

    /// What becomes of it.
    sealed interface Verdict {
        record Admitted(RateLimit limit) implements Verdict {}

        /// The client is not told, it is hung up on.
        ///
        /// @param reason for the log
        record Refused(String reason) implements Verdict {}
    }
}
