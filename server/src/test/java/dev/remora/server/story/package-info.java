/// Recorded conversations between real nodes and another control server, held again with ours: the same requests in the same order, and
/// what clients know after each step compared member by member.
///
/// [Story] replays, [Client] is one node with what both servers told it, [Json] keeps texts as they were written, and
/// [Differences] names what may differ, each with its reason. The lab holds running servers against each other with the last three.
@NullMarked
package dev.remora.server.story;

import org.jspecify.annotations.NullMarked;
