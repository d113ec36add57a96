/// The tailnet itself: who belongs to it, what they are called, where they are, and who may change that.
///
/// Every change goes through [Tailnet]. A change is prepared under the one lock for writers as an `Edit`, kept by the storage,
/// published in the `Roster` (which readers use without waiting), and told to listeners, in that order; if the storage
/// refuses, none of it has happened:
///
///     register, report, people's changes ─ Books.change ─ Edit ─ Storage.write ─ Roster ─ ChangeListener
///
/// What passes by itself (keys that expire, nodes that stay away, logins nobody approves) waits in the `Agenda`.
///
/// Follows sections 3, 4.8, 4.10, 6.2 to 6.4 of the coordination server's reference; leaves maps and transport to others.
@NullMarked
package dev.remora.server.tailnet;

import org.jspecify.annotations.NullMarked;
