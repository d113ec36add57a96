package dev.remora.engine.path;

import dev.remora.proto.disco.TxId;
import org.jspecify.annotations.Nullable;

/// A ping on its way.
///
/// @param to the way it went: its answer counts for that, wherever the answer comes from
/// @param mtu the size of IP packet that an answer proves, in bytes
/// @param user whom the answer is for besides
record SentPing(
        TxId txId, PeerPaths peer, PeerPath to, long sentAt, int mtu, @Nullable UserPing user) {}
