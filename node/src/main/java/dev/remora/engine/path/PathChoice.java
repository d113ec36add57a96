package dev.remora.engine.path;

import dev.remora.base.IpPort;
import dev.remora.engine.netmap.DerpRegionId;

/// Where to send a packet to a peer now.
public sealed interface PathChoice {
    /// Over UDP only.
    record Direct(IpPort to) implements PathChoice {}

    /// Through a relay only.
    record Relayed(DerpRegionId via) implements PathChoice {}

    /// Both ways, the same packet twice: the direct path worked lately but nobody has confirmed it for some seconds.
    /// The receiver's replay window drops the second copy.
    record Both(IpPort to, DerpRegionId via) implements PathChoice {}

    /// Nowhere.
    record None(Reason reason) implements PathChoice {}

    None UNKNOWN_PEER = new None(Reason.UNKNOWN_PEER);
    None KEY_EXPIRED = new None(Reason.KEY_EXPIRED);
    None NO_PATH = new None(Reason.NO_PATH);

    /// Why there is no way to a peer.
    enum Reason {
        /// Not in the netmap.
        UNKNOWN_PEER,
        /// Its node key has expired; nobody may talk to it.
        KEY_EXPIRED,
        /// It has no home relay, and no address of it has answered yet.
        NO_PATH
    }
}
