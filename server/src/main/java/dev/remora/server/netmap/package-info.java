/// What each node is told of its tailnet: the answers to `POST /machine/map`.
///
/// A poll begins with the whole map and goes on with what changes. Nobody is told that by value:
///
///     something changes → [MapService] asks the policy who sees it → one note in each one's [Mailbox]
///     a poll's thread wakes → [PollView] reads what is true by then → [Messages] → [Frames] → [FrameSink]
///
/// Notes about one node merge, so a reader who is slow owes at most one entry for each node that it sees, and is never
/// told anything stale. What is told about a node is written once ([Fragments]) and copied into everybody's message.
/// [MapSource] is the tailnet as this package sees it; HTTP is `server.control`'s.
@NullMarked
package dev.remora.server.netmap;

import org.jspecify.annotations.NullMarked;
