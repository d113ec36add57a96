package dev.remora.engine;

import dev.remora.engine.path.PeerPath;
import java.util.Optional;

/// How a ping ended.
public sealed interface PingResult {
    /// An answer came.
    ///
    /// @param latency nanoseconds from question to answer
    /// @param path which way, where the kind of ping tells
    /// @param peerApiPort of the peer, 0 if it has none or did not say
    record Answered(long latency, Optional<PeerPath> path, int peerApiPort) implements PingResult {}

    /// No answer came in time.
    record TimedOut() implements PingResult {}

    /// It could not be sent.
    record Failed(String reason) implements PingResult {}
}
