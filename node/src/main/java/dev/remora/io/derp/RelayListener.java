package dev.remora.io.derp;

import dev.remora.crypto.NodeKey;
import dev.remora.engine.netmap.DerpRegionId;
import java.nio.ByteBuffer;

/// What relays tell the node. Called on the event loop. Points in time are nanoseconds since the node started.
public interface RelayListener {
    /// A packet from a peer. `packet` is direct and valid during this call only.
    void onPacket(DerpRegionId region, NodeKey from, ByteBuffer packet);

    /// Something came from the relay, if only a sign of life. Told every five seconds at most.
    void onHeard(DerpRegionId region);

    /// The peer was heard through this region and has left it, or was written to and is not there.
    ///
    /// @param reason one of the constants of [dev.remora.proto.derp.DerpFrame.PeerGone]
    void onPeerGone(DerpRegionId region, NodeKey peer, int reason);

    /// The relay has accepted us.
    void onConnected(DerpRegionId region);

    /// A connection has ended, or an attempt to get one has failed.
    ///
    /// @param why a few words for people
    /// @param nextTryAt when it is tried again, [Long#MAX_VALUE] if nobody needs it now
    void onDisconnected(DerpRegionId region, String why, long nextTryAt);

    /// The relay says what is wrong with this connection; empty: nothing any more.
    void onHealth(DerpRegionId region, String problem);
}
