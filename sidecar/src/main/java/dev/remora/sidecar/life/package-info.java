/// The daemon: what it is told to be, what it is, and how it starts and ends.
///
///     command line ─▶ Daemon ─▶ state ─▶ node ─▶ local API
///                                 │        ▲          │
///                     Profiles ◀──┴─── Backend ◀── Api (who may do what)
///                                     │      │
///             RunState, Health ◀── Standing   News ──▶ Bus (what watchers are told)
///
/// [dev.remora.sidecar.life.Backend] owns all of it on one thread of its own; the node's data plane never waits for it. State is kept in the form of
/// `tailscaled`, so that either program can take over from the other.
@NullMarked
package dev.remora.sidecar.life;

import org.jspecify.annotations.NullMarked;
