/// The DERP relay: carries packets between nodes that are known to it by their keys and cannot, or not yet, reach each
/// other directly. It sees ciphertext only.
///
///     Routes ── upgrade ──▶ ClientHandler ── frames ──▶ Switchboard ──▶ the other client's Outbox
///
/// One event loop owns all of it, so nothing here is locked. A packet that comes in is copied once, into the queue of its
/// receiver, and nobody waits for a slow one: queues are short and lose their oldest.
@NullMarked
package dev.remora.server.relay;

import org.jspecify.annotations.NullMarked;
