package dev.remora.server.control;

import dev.remora.base.IpAddress;
import dev.remora.crypto.MachineKey;
import java.util.concurrent.atomic.AtomicBoolean;

/// Who is at the other end of a connection, as far as the handshake proves it: somebody who holds a machine key.
/// Whether that is a member's shows only in what is asked for.
final class Visitor {
    private final MachineKey machine;
    private final int version;
    private final IpAddress from;
    private final Strangers strangers;
    private final AtomicBoolean stranger = new AtomicBoolean(true);

    /// One who has [entered][Strangers#enter].
    Visitor(MachineKey machine, int version, IpAddress from, Strangers strangers) {
        this.machine = machine;
        this.version = version;
        this.from = from;
        this.strangers = strangers;
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
        return stranger.get();
    }

    /// It has shown to be a member's machine, or has gone: one stranger less.
    void known() {
        if (stranger.compareAndSet(true, false)) {
            strangers.leave(from);
        }
    }
}
