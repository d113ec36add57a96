package dev.remora.server.control;

import dev.remora.base.IpAddress;
import dev.remora.crypto.MachineKey;

/// Who is at the other end of a connection, as far as the handshake proves it: somebody who holds a machine key.
/// Whether that is a member's shows only in what is asked for.
final class Visitor {
    private final MachineKey machine;
    private final int version;
    private final IpAddress from;
    private final Strangers.Place place;
    private volatile boolean stranger = true;

    Visitor(MachineKey machine, int version, IpAddress from, Strangers.Place place) {
        this.machine = machine;
        this.version = version;
        this.from = from;
        this.place = place;
    }

    MachineKey machine() {
        return machine;
    }

    /// The capability version that the handshake was made with.
    int version() {
        return version;
    }

    IpAddress from() {
        return from;
    }

    boolean stranger() {
        return stranger;
    }

    /// Makes room for others when there are too many strangers, as long as it is one.
    void mayHaveToGo(Strangers.Guest as) {
        place.taken(as);
    }

    /// It has shown to be a member's machine, or has gone: one stranger less.
    void known() {
        stranger = false;
        place.leave();
    }
}
